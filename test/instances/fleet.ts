import { balancer } from '../support/balancer.ts';
import { server } from '../support/program.ts';
import type { World } from '../support/world.ts';

type Settings = Readonly<Record<string, string>>;

/**
 * So many servers, each a process of its own, on the database of a world, behind a proxy; and as many that have started beside them, to
 * take their places.
 */
export async function fleet(
  { connection: { host, port, user, database } }: Pick<World, 'connection'>,
  count: number,
  more: Settings = {},
) {
  const settings = {
    DATABASE_URL: `postgresql://${user}@localhost:${port}/${database}?host=${encodeURIComponent(host)}`,
    POSTERN_DRAIN_SECONDS: '0.5',
    ...more,
  };
  const front = await balancer();
  const start = (those: number) => Promise.all(Array.from({ length: those }, () => server([], settings)));
  const started = await start(2 * count);
  let serving = started.slice(0, count);
  let spare = started.slice(count);
  await Promise.all(serving.map(({ address }) => front.add(address)));
  return {
    front,
    /** The address of each by itself. */
    each: () => serving.map(({ address }) => address),
    /** One after another gives way to a new one; answers how each ended. */
    async roll() {
      const ends: (number | null)[] = [];
      for (const old of serving) {
        const fresh = spare.shift() ?? (await server([], settings));
        await front.add(fresh.address);
        ends.push((await old.end()).code);
        front.remove(old.address);
        serving = [...serving.filter((it) => it !== old), fresh];
      }
      spare = [];
      return ends;
    },
    close: () => front.close(),
  };
}
