import { clientOf, drive, keyFor } from './calls.ts';
import { askers, type Ground } from './data.ts';
import { type Figure, middle } from './measure.ts';
import { startServer } from './server.ts';
import { cpuOfPostgres } from './spent.ts';

const rounds = 11;
const calls = 500;
const atOnce = 4;

/** The server's CPU of one open_workflow over HTTP, its line in the log included, against that of an echo tool on the bare SDK, in one process, in turns. */
export async function call(ground: Ground): Promise<Figure[]> {
  const key = await keyFor(ground, askers['a member in 5 groups']);
  const server = await startServer(ground.app);
  const [postern, echo] = [clientOf(server.postern, key), clientOf(server.echo)];
  try {
    const { items } = (await postern.call('list_workflows', { limit: 50 })).structuredContent as {
      items: { id: string }[];
    };
    const idAt = (n: number) => items[n % items.length]?.id;
    const ways = {
      echo: (n: number) => echo.call('echo', { id: idAt(n) }),
      open: (n: number) => postern.call('open_workflow', { id: idAt(n) }),
    };
    for (const way of [ways.echo, ways.open]) await drive(3000, atOnce, way);
    const spent = async (way: (n: number) => Promise<unknown>) => {
      const before = await server.cpu();
      await drive(calls, atOnce, way);
      return ((await server.cpu()) - before) / calls;
    };
    const seen: { echo: number; open: number; postgres: number }[] = [];
    for (let round = 0; round < rounds; round++) {
      const bare = await spent(ways.echo);
      const before = await cpuOfPostgres(ground);
      const open = await spent(ways.open);
      seen.push({ echo: bare, open, postgres: ((await cpuOfPostgres(ground)) - before) / calls });
    }
    const of = (name: 'echo' | 'open') => Math.round(middle(seen.map((it) => it[name])));
    const postgres = Math.round(seen.reduce((sum, it) => sum + it.postgres, 0) / rounds);
    return [
      {
        question: 'open_workflow, times an echo tool',
        figure: middle(seen.map(({ open, echo }) => open / echo)),
        bound: 3,
        note: `${of('open')} µs, the echo ${of('echo')} µs, PostgreSQL's own ${postgres} µs`,
      },
    ];
  } finally {
    postern.close();
    echo.close();
    await server.close();
    await ground.forget();
  }
}
