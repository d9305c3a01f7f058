import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../src/access/actor.ts';
import { decide } from '../src/access/decide.ts';
import { scope } from '../src/access/scope.ts';
import { type Database, openDatabase, storeOf, type Tx } from '../src/storage/database.ts';
import { factsFor } from '../src/storage/facts.ts';
import { pageOfResources } from '../src/storage/lists.ts';
import { askers, type Ground } from './data.ts';
import { type Figure, medians } from './measure.ts';
import { planOf, scansIn } from './plans.ts';

const one: RawBuilder<unknown> = sql`select ${1}::int`;

/** A decision on one workflow and the first and a late page of a list, each against `select 1` on the same connection in the same run. */
export async function reads(ground: Ground): Promise<Figure[]> {
  const database = await openDatabase(ground.app);
  try {
    const figures: Figure[] = [];
    for (const [asker, person] of Object.entries(askers)) {
      figures.push(...(await readsOf(database, ground, asker, ground.credential(person))));
    }
    return figures;
  } finally {
    await database.close();
  }
}

/** Of a first page and page 41; who is in a group that holds a third of everything is shown beside them. */
const bounds: { readonly [A in keyof typeof askers]?: number } = {
  'someone with nothing': 6,
  'three grants': 6,
  'a member in 5 groups': 6,
  'who may see all': 6,
  'a member of 301 groups': 40,
};

/** From 100,000 workflows to 1,000,000. */
const growth = 1.5;

async function readsOf(
  database: Database,
  { organization, sql: superuser }: Ground,
  asker: string,
  credential: string,
): Promise<Figure[]> {
  const entrance = { organization, credential };
  return database.reading(entrance, async (tx) => {
    const found = await factsFor(tx, entrance, { noun: 'organization' });
    if (!found) throw new Error(`${asker} has no credential`);
    const me = found.me;
    const { rows } = await superuser.query(
      `select id from resource where deleted_at is null order by random() limit 500`,
    );
    let next = 0;
    const check = async () => {
      const id = rows[next++ % rows.length].id;
      const facts = await factsFor(tx, entrance, { noun: 'resource', kind: 'workflow', id });
      decide('resource.open', facts?.facts as never);
    };
    const late = await placeOfPage(tx, me, 41);
    const ways = { check, first: () => page(tx, me), late: () => page(tx, me, late) };
    const { one: base, ...times } = await medians(400, { one: () => one.execute(storeOf(tx)), ...ways });
    const plans = {
      check: await planOf(tx, ways.check),
      'first page': await planOf(tx, ways.first),
      'page 41': await planOf(tx, ways.late),
    };
    const figureOf = (question: keyof typeof plans, ms: number, held: Partial<Figure>): Figure => ({
      question: `${asker}: ${question}`,
      figure: ms / base,
      ...held,
      note: `${ms.toFixed(2)} ms, select 1 ${base.toFixed(2)} ms, ${plans[question].buffers} buffers`,
    });
    const bound = bounds[asker as keyof typeof askers];
    const page41 = figureOf('page 41', times.late, bound ? { bound } : {});
    return [
      figureOf('check', times.check, { bound: 1.6, growth }),
      figureOf('first page', times.first, { ...(bound && { bound }), growth }),
      page41,
      { question: `${page41.question}, times page 1`, figure: times.late / times.first, bound: 1.25 },
      scansIn(asker, plans),
    ];
  });
}

const page = (tx: Tx, me: Actor, after?: string) =>
  pageOfResources(tx, scope('resource.open', { override: me.scopes.includes('override') }), me, {
    kind: 'workflow',
    limit: 50,
    after,
  });

async function placeOfPage(tx: Tx, me: Actor, number: number): Promise<string> {
  let after: string | undefined;
  for (let i = 1; i < number; i++) {
    after = (await page(tx, me, after)).next;
    if (!after) throw new Error(`there is no page ${i + 1}`);
  }
  return after as string;
}
