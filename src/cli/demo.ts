import { Problem } from '../terms/problem.ts';
import { cast } from '../workspace/acme.ts';
import { type DemoPerson, makeDemo } from '../workspace/demo.ts';
import { type Operator, openOperator } from '../workspace/operator.ts';
import type { Place } from './place.ts';
import { progress } from './progress.ts';

/** Makes the demo where there is nothing yet; else says why not. */
export const demoIn = (place: Place): Promise<readonly DemoPerson[] | 'not empty'> =>
  withOperator(place, (operator) => made(place, operator));

/** A key of Cleo's, for a client of the demo that was given none: it is kept nowhere, and ends with whoever asked. */
export const demoKey = (place: Place): Promise<{ readonly key: string; end(): Promise<void> }> =>
  withOperator(place, async (operator) => {
    await made(place, operator);
    const wish = { person: 'cleo@acme.test', organization: 'Acme', name: 'demo', scopes: cast.Cleo.scopes };
    const { id, key } = await operator.createKey({ ...wish, holds: longest }).catch(whereThereIsNoDemo);
    return { key, end: () => withOperator(place, (last) => last.revokeKey(id)).then(() => {}) };
  });

/** In milliseconds: as long as a desktop client may stay open. */
const longest = 30 * 86_400_000;

async function made({ owner }: Place, operator: Operator): Promise<readonly DemoPerson[] | 'not empty'> {
  if (!(await operator.isEmpty())) return 'not empty';
  progress('Making the organization Acme');
  const people = await makeDemo(owner);
  return people.length > 0 ? people : 'not empty';
}

async function withOperator<T>({ owner }: Place, work: (operator: Operator) => Promise<T>): Promise<T> {
  const operator = await openOperator(owner);
  try {
    return await work(operator);
  } finally {
    await operator.close();
  }
}

function whereThereIsNoDemo(thrown: unknown): never {
  if (!(thrown instanceof Problem) || thrown.code !== 'not_found') throw thrown;
  throw new Problem('unauthenticated', 'POSTERN_KEY is not set, and the data here are not those of the demo.', {
    advice: 'Set it to a key; `postern key create --person EMAIL --name NAME` makes one.',
    cause: thrown,
  });
}
