import type { Service } from '../support/agent.ts';
import { postgresOf } from '../support/running.ts';
import { byRest } from './caller.ts';
import { askEveryDoor, isSignedIn } from './doors.ts';
import { type Installation, until } from './installation.ts';
import { visitorOf } from './visitors.ts';

/**
 * Stops every process of PostgreSQL where it is, so that it hangs and breaks no connection: each door answers 503 with Retry-After all the
 * same, once its patience is over; and when it goes on, so does the server by itself.
 */
export async function frozen(here: Installation, service: Service) {
  const call = byRest(service, here.keys.ada as string);
  const id = here.world.id('plans');
  const { revision } = await call('open_workflow', { id });
  const visitor = await visitorOf(here, service, 'bo');
  const those = postgresOf(here.home);
  for (const pid of those) process.kill(pid, 'SIGSTOP');
  const answers = await askEveryDoor(here, service, visitor, 0).finally(() => {
    for (const pid of those) process.kill(pid, 'SIGCONT');
  });
  const ready = async () => (await service.fetch(new Request('http://localhost/readyz'))).ok;
  const recovery = await until('it is ready again', ready);
  const edited = await call('edit_workflow', { id, revision, name: 'Thawed plans' });
  return {
    ...answers,
    recovery: Math.round(recovery),
    edited: edited.revision === revision + 1,
    signedIn: await isSignedIn(visitor),
  };
}
