import { openDatabase } from '../src/storage/database.ts';
import { outside } from '../src/terms/ids.ts';
import { noted, rule } from '../src/workspace/ruling.ts';
import { clientOf, keyFor } from './calls.ts';
import { askers, type Ground } from './data.ts';
import { type Comparison, compare } from './mann-whitney.ts';
import { type Figure, middle } from './measure.ts';
import { startServer } from './server.ts';

/** How many calls of each sort: with 2,000 of both, an AUC off by 0.03 comes by chance once in a thousand runs. */
const calls = 2_000;
const bound = 0.03;

/** Whether a hidden workflow and a missing one can be told apart by the time of the answer (EXT-2), each in a random order. */
export async function timing(ground: Ground): Promise<Figure[]> {
  const person = askers['three grants'];
  const key = await keyFor(ground, person);
  const ids = await idsOf(ground);
  const server = await startServer(ground.app);
  const client = clientOf(server.postern, key);
  const asking = (tool: string, args: object) => async (id: string) =>
    void (await client.call(tool, { id: outside('workflow', id), ...args }));
  const ways = {
    open_workflow: asking('open_workflow', {}),
    share_resource: asking('share_resource', { with: 'person:p9@bench.test', role: 'viewer' }),
    request_access: asking('request_access', { role: 'viewer' }),
  };
  const forgotten = () =>
    ground.sql.query(
      'delete from access_request where requester_id = (select person_id from credential where id = $1)',
      [ground.credential(person)],
    );
  try {
    // All three at once, since they mostly wait.
    const figures = Object.entries(ways).map(async ([tool, way]) =>
      figureOf(tool, await timesOf(ids, way, tool === 'request_access' ? forgotten : undefined)),
    );
    return [...(await Promise.all(figures)), await withoutGrid(ground, person, ids)];
  } finally {
    client.close();
    await server.close();
    await forgotten();
    await ground.forget();
  }
}

interface Ids {
  readonly hidden: readonly string[];
  readonly missing: readonly string[];
}

type Times = Record<keyof Ids, number[]>;

/** Workflows shared with others, which take the most to look at; and ids that would stand right beside them, if they were there. */
async function idsOf({ sql, credential }: Ground): Promise<Ids> {
  const { rows } = await sql.query<{ id: string }>(
    `select r.id from resource r where r.visibility = 'shared' and not exists (select from access_grant g
       where g.resource_id = r.id and g.principal_id = (select person_id from credential where id = $1)) order by random() limit 500`,
    [credential(askers['three grants'])],
  );
  const hidden = rows.map(({ id }) => id);
  return { hidden, missing: hidden.map((id) => id.replace('-7000-8000-4', '-7000-8000-5')) };
}

async function timesOf(ids: Ids, way: (id: string) => Promise<void>, between?: () => Promise<unknown>): Promise<Times> {
  const times: Times = { hidden: [], missing: [] };
  for (let i = -100; i < calls; i++) {
    if (i % 8 === 0) await between?.();
    const order = Math.random() < 0.5 ? (['hidden', 'missing'] as const) : (['missing', 'hidden'] as const);
    for (const sort of order) {
      const id = ids[sort][Math.floor(Math.random() * ids[sort].length)] as string;
      const start = performance.now();
      await way(id);
      if (i >= 0) times[sort].push(performance.now() - start);
    }
  }
  return times;
}

function figureOf(tool: string, times: Times): Figure {
  const { auc, p } = compare(times.hidden, times.missing);
  return { question: `${tool}: AUC off 0.5`, figure: Math.abs(auc - 0.5), bound, note: noteOf(times, { auc, p }) };
}

/** The same look and its entry in the log without the grid, to show that a difference would be seen. */
async function withoutGrid({ app, organization, credential }: Ground, person: number, ids: Ids): Promise<Figure> {
  const database = await openDatabase(app);
  const entrance = { organization, credential: credential(person) };
  const look = (id: string) =>
    database.reading(entrance, async (tx) => {
      const ruled = await rule(tx, entrance, 'resource.open', [{ noun: 'resource', kind: 'workflow', id }]);
      if (!ruled[0]?.problem) throw new Error('it is not hidden');
      await noted(tx, ruled, ruled[0].problem);
    });
  try {
    const times = await timesOf(ids, look);
    const seen = compare(times.hidden, times.missing);
    return { question: 'the same look without the grid: p', figure: seen.p, bound: 0.01, note: noteOf(times, seen) };
  } finally {
    await database.close();
  }
}

const noteOf = ({ hidden, missing }: Times, { auc, p }: Comparison) =>
  `AUC ${auc.toFixed(3)}, p ${p.toPrecision(2)}; hidden ${middle(hidden).toFixed(2)} ms, missing ${middle(missing).toFixed(2)} ms`;
