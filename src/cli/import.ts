import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { inside, timeOf } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { operations } from '../workspace/operations.ts';
import { openOperator } from '../workspace/operator.ts';
import { openPostern } from '../workspace/postern.ts';
import type { Session } from '../workspace/session.ts';
import { command } from './command.ts';
import { documentsIn, type Found, read } from './folder.ts';
import { openPlace, type Place } from './place.ts';
import { counter, progress } from './progress.ts';

export default command({
  summary: 'Makes a private workflow of every JSON and YAML file in a folder and those in it.',
  more:
    'It acts as the person, through a key named "postern import" that can write in this workspace and ends with the run.\n' +
    'Each workflow is called as its file. A run that was broken off is resumed by running it again within 24 hours:\n' +
    'the same file with the same content is not imported twice. Files that are wrong are named, with the places, and\n' +
    'the rest goes on; the exit code is 1 then.',
  takes: ['FOLDER'],
  flags: {
    person: { value: 'EMAIL', required: true, says: 'whose workflows they will be' },
    workspace: { value: 'NAME', required: true, says: 'where they go' },
    organization: { value: 'NAME', says: 'where the person is in several' },
  },
  async run({ person, workspace, organization }, settings, folder = '') {
    const found = await documentsIn(folder);
    if (found.length === 0)
      throw new Problem('invalid_argument', `${folder} holds no file that ends in .json, .yaml or .yml.`, {
        advice: 'Name another folder.',
      });
    const place = await openPlace(settings, progress);
    try {
      return await asPerson(place, { person, workspace, organization }, (session) =>
        importAll(session, workspace, found),
      );
    } finally {
      await place.release();
    }
  },
});

async function asPerson(
  place: Place,
  wish: { person: string; workspace: string; organization: string | undefined },
  work: (session: Session) => Promise<number>,
): Promise<number> {
  const operator = await openOperator(place.owner);
  const postern = await openPostern({ app: place.app, keys: place.keys });
  try {
    const { key, end } = await operator.borrowKey(wish);
    try {
      return await work(await postern.admit(key));
    } finally {
      await end();
    }
  } finally {
    await postern.close();
    await operator.close();
  }
}

/** How many go on at once. */
const hands = 4;

async function importAll(session: Session, workspace: string, found: readonly Found[]): Promise<number> {
  const count = counter(found.length, 'documents');
  const waiting = [...found];
  const broken: string[] = [];
  const began = Date.now();
  let done = 0;
  let known = 0;
  let stopped = false;
  process.once('SIGINT', () => (stopped = true)).once('SIGTERM', () => (stopped = true));
  const work = async () => {
    for (let next = waiting.shift(); next && !stopped; next = waiting.shift()) {
      const made = await importOne(session, workspace, next).catch((thrown) => {
        stopped = true;
        throw thrown;
      });
      if (typeof made === 'string') broken.push(made);
      else done++;
      if (typeof made === 'number' && made < began) known++;
      count.to(done + broken.length);
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: hands }, work));
  count.end();
  for (const trouble of broken.sort()) process.stderr.write(`${trouble}\n`);
  const left = found.length - done - broken.length;
  process.stdout.write(
    `${done} imported${known > 0 ? ` (${known} of them before)` : ''}, ${broken.length} broken${left > 0 ? `, ${left} left: run it again to go on` : ''}.\n`,
  );
  const failed = outcomes.find((it) => it.status === 'rejected');
  if (failed) throw failed.reason;
  return broken.length + left > 0 ? 1 : 0;
}

/**
 * Answers when its workflow was made, which an earlier run may have done, or what is wrong with the document.
 * Whatever else stands in the way is thrown, since it would be in every other's.
 */
async function importOne(session: Session, workspace: string, { path, file, name }: Found): Promise<string | number> {
  try {
    const document = await read(file);
    const key = createHash('sha256')
      .update(JSON.stringify([path, document, workspace]))
      .digest('hex');
    const { id } = await patiently(() =>
      session.perform(operations.create_workflow, { name, document, workspace }, { key }),
    );
    return timeOf(inside('workflow', String(id)) ?? '');
  } catch (thrown) {
    if (!(thrown instanceof Problem) || !ofTheDocument.includes(thrown.code)) throw thrown;
    const { message, findings = [] } = thrown.toJSON();
    const places = findings.map(
      ({ pointer, message }) => `  ${pointer.replace(/^\/document/, '') || 'the file'}: ${message}`,
    );
    return [`${path} (${thrown.code})${places.length > 0 ? '' : `: ${message}`}`, ...places].join('\n');
  }
}

const ofTheDocument = ['invalid_argument', 'too_large'];

/** Waits where it is asked to, or where another was faster for a moment. */
async function patiently<T>(work: () => Promise<T>, tries = 5): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (tries <= 1 || !(thrown instanceof Problem) || !['rate_limited', 'conflict'].includes(thrown.code)) throw thrown;
    await setTimeout((thrown.details.retry_after_seconds ?? 0.2) * 1000);
    return patiently(work, tries - 1);
  }
}
