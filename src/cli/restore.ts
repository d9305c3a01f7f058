import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createZstdDecompress } from 'node:zlib';
import { broken } from '../storage/backup-text.ts';
import { restored } from '../storage/restore.ts';
import { endIsThere, verifyLog } from '../storage/verification.ts';
import { Problem } from '../terms/problem.ts';
import { command } from './command.ts';
import { findPlace } from './place.ts';
import { progress } from './progress.ts';
import { secretKeysOf } from './secret-keys.ts';

export default command({
  summary: 'Fills an empty database from a backup, wholly or not at all.',
  more:
    'It refuses a database that holds anything, a file that is not whole, and a backup of a newer Postern; one of an older Postern is brought\n' +
    'to the schema of today. Then it follows the seals of the log; its exit code is 1 where they do not hold.',
  takes: ['FILE'],
  flags: {},
  async run(_, settings, file = '') {
    if ((await stat(file).catch(() => undefined))?.isDirectory() !== false)
      throw new Problem('invalid_argument', `${file} is no file that can be read.`, { advice: 'Check its path.' });
    const place = await findPlace(settings, progress);
    try {
      const { head, rows } = await restored(place.owner, unpacked(file));
      const keys = keep(head.keys, settings);
      const all = Object.values(rows).reduce((sum, n) => sum + n, 0);
      process.stdout.write(`Restored ${all.toLocaleString('en')} rows of ${head.at}.\n${keys}`);
      const verdicts = await verifyLog(place.owner, {});
      const holds = (await endIsThere(place.owner)) && verdicts.every(({ faults }) => faults === 0);
      process.stdout.write(
        holds ? 'The seals of the log hold.\n' : 'The seals of the log do not hold: see `postern audit verify`.\n',
      );
      return holds ? 0 : 1;
    } finally {
      await place.release();
    }
  },
});

/** What a file holds, a piece at a time. */
async function* unpacked(file: string): AsyncGenerator<Buffer> {
  const text = createZstdDecompress();
  const packed = createReadStream(file).on('error', (thrown) => text.destroy(thrown));
  try {
    for await (const piece of packed.pipe(text)) yield piece as Buffer;
  } catch (cause) {
    throw broken('it cannot be unpacked', cause);
  } finally {
    packed.destroy();
    text.destroy();
  }
}

/** Puts the keys of a backup where there are none yet; those that are there are not touched. */
function keep(keys: readonly string[] | undefined, settings: Parameters<typeof secretKeysOf>[0]): string {
  if (!keys)
    return 'The backup holds no keys: secrets of integrations open only with those that they were kept under.\n';
  const { adopt } = secretKeysOf(settings);
  if (!adopt) return 'The backup holds keys, which DATABASE_URL has no place for: set POSTERN_SECRET_KEY to them.\n';
  return adopt(keys.map((key) => Buffer.from(key, 'base64')))
    ? 'The keys that secrets are kept under are there again.\n'
    : 'There are other keys here already, so those of the backup were left out.\n';
}
