import { openDatabase } from '../src/storage/database.ts';
import { outside } from '../src/terms/ids.ts';
import { noted, rule } from '../src/workspace/ruling.ts';
import { type Client, clientOf, drive, keyFor } from './calls.ts';
import type { Ground } from './data.ts';
import { hiddenIn, type Sort, unbinned } from './hidden.ts';
import { type Comparison, compare } from './mann-whitney.ts';
import { type Figure, middle } from './measure.ts';
import { startServer } from './server.ts';

/** How many calls of each sort: with 2,000 of both, an AUC off by 0.03 comes by chance once in a thousand runs. */
const calls = 2_000;
const bound = 0.03;

/** So many questions go on beside each other, since they mostly wait; more would have them wait for one another. */
const lanes = 3;

/** Whether a hidden workflow and a missing one can be told apart by the time of the answer (EXT-2), each in a random order. */
export async function timing(ground: Ground): Promise<Figure[]> {
  const sorts = await hiddenIn(ground);
  const server = await startServer(ground.app);
  const clients: Client[] = [];
  try {
    const asked: Asked[] = [];
    for (const it of sorts) {
      const key = await keyFor(ground, it.person);
      for (const [name, way] of Object.entries(ways)) {
        const client = clientOf(server.postern, key);
        clients.push(client);
        asked.push({ ...it, name, way: (id) => way(client, outside('workflow', id)) });
      }
    }
    const [slow, quick] = [asked.filter(isSlow), asked.filter((it) => !isSlow(it))];
    const figures = new Map<Asked, Figure>();
    const ask = async (it: Asked) => {
      const between = isSlow(it) ? () => forgotten(ground, it.person) : undefined;
      figures.set(it, figureOf(`${it.name}, ${it.sort}`, await timesOf(it, it.way, between)));
    };
    const quickly = drive(quick.length, lanes, (n) => ask(quick[n] as Asked));
    await Promise.all([...slow.map(ask), quickly]);
    return [...asked.map((it) => figures.get(it) as Figure), await withoutGrid(ground, sorts[0] as Sort)];
  } finally {
    for (const client of clients) client.close();
    await server.close();
    for (const { person } of sorts) await forgotten(ground, person);
    await unbinned(ground);
    await ground.forget();
  }
}

interface Asked extends Sort {
  readonly name: string;
  readonly way: Look;
}

type Look = (id: string) => Promise<unknown>;
type Way = (client: Client, id: string) => Promise<unknown>;

const tool =
  (name: string, args: object): Way =>
  async (client, id) =>
    surely(JSON.stringify(await client.call(name, { id, ...args })));

/** Each answers that nothing is there; a request answers as if there were something. */
const ways: Readonly<Record<string, Way>> = {
  open_workflow: tool('open_workflow', {}),
  edit_workflow: tool('edit_workflow', { revision: 1, merge: { seen: true } }),
  share_resource: tool('share_resource', { with: 'person:p9@bench.test', role: 'viewer' }),
  get_access: tool('get_access', {}),
  'resources/read': async (client, id) => surely(await client.read(`postern://workflow/${id}`)),
  'GET /workflows/ID': async (client, id) => surely(await client.get(`/workflows/${id}`)),
  async request_access(client, id) {
    const { isError, structuredContent } = await client.call('request_access', { id, role: 'viewer' });
    if (isError) throw new Error(`request_access answered ${JSON.stringify(structuredContent)}`);
  },
};

/** Its tick is four times as far away, so that it takes as long as all the others. */
const isSlow = ({ name }: Asked) => name === 'request_access';

function surely(answer: string): void {
  if (!/not.found/i.test(answer)) throw new Error(`It is not hidden: ${answer}`);
}

const forgotten = ({ sql, credential }: Ground, person: number) =>
  sql.query('delete from access_request where requester_id = (select person_id from credential where id = $1)', [
    credential(person),
  ]);

type Ids = Pick<Sort, 'hidden' | 'missing'>;
type Times = Record<keyof Ids, number[]>;

async function timesOf(ids: Ids, look: Look, between?: () => Promise<unknown>): Promise<Times> {
  const times: Times = { hidden: [], missing: [] };
  for (let i = -100; i < calls; i++) {
    if (i % 8 === 0) await between?.();
    const order = Math.random() < 0.5 ? (['hidden', 'missing'] as const) : (['missing', 'hidden'] as const);
    for (const sort of order) {
      const id = ids[sort][Math.floor(Math.random() * ids[sort].length)] as string;
      const start = performance.now();
      await look(id);
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
async function withoutGrid({ app, organization, credential }: Ground, { person, ...ids }: Sort): Promise<Figure> {
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
