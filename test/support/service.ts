import { afterAll } from 'vitest';
import { type Surroundings, serviceOn } from '../../src/service.ts';
import { openDatabase } from '../../src/storage/database.ts';
import type { Outdoors } from '../../src/workspace/outdoors.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import type { Rates } from '../../src/workspace/rates.ts';
import { keyring } from './keyring.ts';
import type { World } from './world.ts';

/** What the service of a test file has logged. */
interface Logged {
  readonly details: object;
  readonly message: string;
}

/** How the service differs from the usual; limits hold where they are told. */
type Told = Partial<Surroundings> & { readonly rates?: Rates; readonly silent?: number };

/** The doors on the database of a world, as the product puts them; closed when the test file is through. */
export async function serviceIn(where: Pick<World, 'connection'>, more: Told = {}, beyond: Partial<Outdoors> = {}) {
  const { close, ...service } = await workersService(where, more, beyond);
  afterAll(close);
  return service;
}

/** Name servers that prove a domain whose proof is told to be `told`. */
const outdoors = { txt: async () => ['postern-verify=told'] };

/** The same for all the files that a worker runs. */
export async function workersService(
  { connection }: Pick<World, 'connection'>,
  { silent, ...more }: Told = {},
  beyond: Partial<Outdoors> = {},
) {
  const postern = await openPostern({
    app: { ...connection, user: 'postern_app' },
    keys: () => keyring,
    rates: more.rates,
    database: silent === undefined ? undefined : await openDatabase({ ...connection, user: 'postern_app' }, { silent }),
    outdoors: { ...outdoors, ...beyond },
  });
  const logged: Logged[] = [];
  const log = { error: (details: object, message: string) => void logged.push({ details, message }), debug: () => {} };
  const service = serviceOn(postern, { log, ...more });
  const close = async () => {
    await service.close();
    await postern.close();
  };
  return { ...service, postern, logged, close };
}
