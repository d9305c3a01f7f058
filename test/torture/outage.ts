import type { Client } from 'pg';
import { follow } from '../support/following.ts';
import { at, byMcp, byRest } from './caller.ts';
import { askEveryDoor, isSignedIn } from './doors.ts';
import { isReady, type Standing, until } from './installation.ts';
import { allocated } from './memory.ts';
import { visitorOf } from './visitors.ts';

/**
 * Takes PostgreSQL away under a running server, for so long: every door answers 503 with Retry-After, none hangs, none tells why; the
 * server lives, and when the database is there again it serves, hears news and seals by itself, and who was signed in still is.
 */
export async function outage({ here, server }: Standing, seconds: number) {
  const service = at(server.address);
  const [ada, bo] = [here.keys.ada as string, here.keys.bo as string];
  const call = byRest(service, ada);
  const { revision } = await call('open_workflow', { id: here.world.id('plans') });
  const listener = await byMcp(service, bo);
  const followed = await follow(listener.client, '2026', [`postern://workflow/${here.world.id('plans')}`]);
  await byMcp(service, ada).then((it) =>
    it.call('edit_workflow', { id: here.world.id('plans'), revision, name: 'Before' }),
  );
  await followed.until(...followed.uris);
  const waiting = byRest(service, bo)('list_notifications', { wait: 25 }).catch((thrown) => thrown);
  await until('it waits', async () => (await fetch(`${server.address}/healthz`)).ok);

  const visitor = await visitorOf(here, service, 'di');
  const before = allocated(server.pid);
  await here.postgres.down();
  const answers = await askEveryDoor(here, service, visitor, seconds);
  const grown = allocated(server.pid) - before;
  const waited = await waiting;
  followed.heard();

  await here.postgres.up();
  const recovery = await until('it is ready again', isReady(server.address));
  await call('edit_workflow', { id: here.world.id('plans'), revision: revision + 1, name: 'After' });
  await followed.until(...followed.uris);
  const sql = await here.entered();
  const sealed = await until('all is sealed', async () => (await unsealed(sql)) === 0).finally(() => sql.end());
  await listener.close();
  return {
    ...answers,
    signedIn: await isSignedIn(visitor),
    waited: waited?.code ?? 'answered',
    recovery: Math.round(recovery),
    sealed: Math.round(sealed),
    grownMiB: grown,
  };
}

/** How many entries of the log have no seal yet. */
async function unsealed(sql: Client): Promise<number> {
  const { rows } = await sql.query(
    'select count(*)::int as n from activity a where not exists (select from seal s where s.activity_id = a.id)',
  );
  return rows[0]?.n;
}
