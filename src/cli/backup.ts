import { createWriteStream } from 'node:fs';
import { link, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress } from 'node:zlib';
import { backedUp } from '../storage/backup.ts';
import { schemaOf } from '../storage/migrated.ts';
import { Problem } from '../terms/problem.ts';
import { command } from './command.ts';
import { findPlace } from './place.ts';
import { progress } from './progress.ts';
import { secretKeysOf } from './secret-keys.ts';

export default command({
  summary: 'Writes all that there is into one file, while servers go on.',
  more:
    'The file holds the database as of one moment, compressed with zstd, and is open to you alone. Secrets of integrations are in it as they\n' +
    'are kept: sealed. Without the keys that they are kept under they are lost, so keep those too: the file secret-keys in POSTERN_HOME, or\n' +
    'POSTERN_SECRET_KEY. With --with-keys they go into the backup, and whoever has that can open every secret.',
  takes: ['FILE'],
  flags: { 'with-keys': { says: 'put the keys in that secrets are kept under' } },
  async run({ 'with-keys': withKeys }, settings, name = '') {
    const file = resolve(name);
    await refuseTaken(file);
    const keys = withKeys ? secretKeysOf(settings).read() : undefined;
    const place = await findPlace(settings, progress);
    try {
      if ((await schemaOf(place.owner)).ran.length === 0)
        throw new Problem('not_found', 'There is nothing here yet that could be backed up.', {
          advice: 'Check where the data is.',
        });
      const bytes = await written(
        file,
        backedUp(
          place.owner,
          keys?.map((key) => key.toString('base64')),
        ),
      );
      process.stdout.write(`${file} holds it all, in ${bytes.toLocaleString('en')} bytes.\n`);
      if (!keys) process.stdout.write(without);
    } finally {
      await place.release();
    }
    return 0;
  },
});

const without =
  'The keys that secrets of integrations are kept under are not in it: keep them too, in another place.\n';

async function refuseTaken(file: string): Promise<void> {
  if (await stat(file).catch(() => undefined))
    throw new Problem('conflict', `${file} is there already.`, { advice: 'Choose another name, or move it away.' });
}

/** Under its name only once it is whole and on the disk: what is broken off leaves nothing that looks like a backup. */
async function written(file: string, backup: AsyncIterable<Buffer>): Promise<number> {
  const draft = join(dirname(file), `.${basename(file)}.${process.pid}.part`);
  try {
    await pipeline(
      backup,
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      createWriteStream(draft, { flags: 'wx', mode: 0o600, flush: true }),
    );
    // Fails where someone else has taken the name meanwhile, which renaming does not.
    await link(draft, file).catch((thrown) =>
      thrown.code === 'EPERM' || thrown.code === 'ENOTSUP' ? rename(draft, file) : Promise.reject(thrown),
    );
    await synced(dirname(file));
    return (await stat(file)).size;
  } catch (thrown) {
    throw (thrown as NodeJS.ErrnoException).code === 'ENOENT'
      ? new Problem('invalid_argument', `${dirname(file)} is no folder that can be written.`, {
          advice: 'Check the path.',
          cause: thrown,
        })
      : thrown;
  } finally {
    await rm(draft, { force: true });
  }
}

/** So that the name outlives a crash as the file does. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder);
  await handle.sync().finally(() => handle.close());
}
