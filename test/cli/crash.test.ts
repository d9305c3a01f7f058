import { expect, test } from 'vitest';
import { furnishedHome } from '../support/home.ts';
import { keyOf, postgresOf, server, signedIn } from '../support/program.ts';

test('after kill -9 of the server and of PostgreSQL, nothing that was acknowledged is lost', async () => {
  const settings = { POSTERN_HOME: furnishedHome() };
  const first = await server(['--demo'], settings);
  const key = keyOf(first.screen, 'cleo');
  const acknowledged: string[] = [];

  const writers = Array.from({ length: 3 }, async (_, writer) => {
    const { call } = await signedIn(first.address, key);
    for (let n = 0; ; n++) {
      const name = `${writer}-${n}`;
      const { id } = await call('create_workflow', { name, document: { n }, workspace: 'Growth' });
      acknowledged.push(String(id));
      if (acknowledged.length === 40)
        for (const pid of [first.pid, ...postgresOf(settings.POSTERN_HOME)]) process.kill(pid, 'SIGKILL');
    }
  });
  const stopped = await Promise.allSettled(writers);
  expect(stopped.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(acknowledged.length).toBeGreaterThanOrEqual(40);

  const second = await server([], settings);
  const { call, close } = await signedIn(second.address, key);
  for (const id of acknowledged) expect(await call('open_workflow', { id })).toMatchObject({ id, revision: 1 });
  await close();
  expect((await second.end()).code).toBe(0);
});
