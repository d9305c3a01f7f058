import { afterAll } from 'vitest';
import { listen } from '../../src/cli/listen.ts';
import { type Surroundings, serviceOn } from '../../src/service.ts';
import { openOperator } from '../../src/workspace/operator.ts';
import type { Outdoors } from '../../src/workspace/outdoors.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import { password, visitorAt } from './visitor.ts';
import { connection, served } from './world.ts';

export { password };

/** A server on the worker's database, as people meet it with a browser. */
export async function premisesFor(people: { outdoors?: Partial<Outdoors> } & Partial<Surroundings> = {}) {
  const { outdoors, ...surroundings } = people;
  const postern = await openPostern({ app: served, ...(outdoors && { outdoors }) });
  const log = { error: () => {}, debug: () => {} };
  const service = serviceOn(postern, { log, ...surroundings });
  const ends: (() => Promise<unknown>)[] = [() => service.close(), () => postern.close()];
  afterAll(async () => {
    for (const end of ends) await end();
  });
  return {
    postern,
    service,
    /** Someone with a browser of their own, at `origin`. */
    visitor(origin?: string) {
      const it = visitorAt(service.fetch, origin);
      /** Chooses a password by a link, which signs in. */
      const settle = async (email: string, chosen = password) =>
        it.post('/set-password', { secret: await linkFor(email), password: chosen, again: chosen });
      return { ...it, settle };
    },
    /** Where a real browser finds it. */
    async address(): Promise<string> {
      const listening = await listen('127.0.0.1', 0);
      listening.serve(service.fetch);
      ends.unshift(() => listening.close());
      return `http://localhost:${listening.port}`;
    },
  };
}

let operator: ReturnType<typeof openOperator> | undefined;

/** A link, as the operator makes it, by which someone chooses a password. */
export const linkFor = async (email: string) => {
  operator ??= openOperator(connection);
  return (await operator).signInLink(email);
};
