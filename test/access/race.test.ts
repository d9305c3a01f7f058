import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decideOn } from '../../src/storage/decided.ts';
import { lock } from '../../src/storage/locks.ts';
import { editWorkflow } from '../../src/workspace/editing.ts';
import { storage, superuser, type World, world } from '../support/world.ts';

let other: pg.Client;
beforeAll(async () => {
  other = new pg.Client({
    host: superuser.host,
    port: superuser.port,
    user: 'postern',
    ...(superuser.database && { database: superuser.database }),
  });
  await other.connect();
});
afterAll(() => other.end());

const scene = () =>
  world({
    people: { ada: 'admin', bo: 'member', cy: 'member' },
    workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' } },
    groups: { ops: ['bo'] },
    workflows: { payroll: { in: 'growth', owner: 'ada', grants: { ops: 'editor' } } },
  });

test.each`
  change                                | statement                                                                                                | answer
  ${'the grant is taken back'}          | ${`delete from access_grant where resource_id = '{payroll}'`}                                            | ${'not_found'}
  ${'the grant is lowered'}             | ${`update access_grant set level = 'viewer' where resource_id = '{payroll}'`}                            | ${'permission_denied'}
  ${'the grant ends'}                   | ${`update access_grant set expires_at = clock_timestamp() where resource_id = '{payroll}'`}              | ${'not_found'}
  ${'they leave the group'}             | ${`delete from membership where person_id = '{bo}'`}                                                     | ${'not_found'}
  ${'it goes into the bin'}             | ${`update resource set deleted_at = now() where id = '{payroll}'`}                                       | ${'not_found'}
  ${'the workspace is deleted'}         | ${`update workspace set deleted_at = now() where id = '{growth}'`}                                       | ${'not_found'}
  ${'their capability is switched off'} | ${`insert into capability_switch values ('{organization}', '{bo}', '{growth}', 'flows_manager', false)`} | ${'permission_denied'}
  ${'they are suspended'}               | ${`update person set status = 'suspended' where id = '{bo}'`}                                            | ${'unauthenticated'}
  ${'their key is revoked'}             | ${`update credential set revoked_at = now() where person_id = '{bo}'`}                                   | ${'unauthenticated'}
`('a write that waits while $change is refused: $answer (DEC-8)', async ({ statement, answer }) => {
  const here = await scene();
  const session = await here.session('bo');

  const edit = await meanwhile(here, fill(here, statement), () =>
    session.perform(editWorkflow, { id: here.id('payroll'), revision: 1, name: 'Taken over' }),
  );

  expect(edit).toMatchObject({ status: 'rejected', reason: { code: answer } });
  expect(await here.sql('select name, revision from resource where id = $1', [here.uuid('payroll')])).toEqual([
    { name: 'payroll', revision: 1 },
  ]);
});

test('a write that waits while nothing of its right changes goes through', async () => {
  const here = await scene();
  const session = await here.session('bo');
  const edit = await meanwhile(here, 'select', () =>
    session.perform(editWorkflow, { id: here.id('payroll'), revision: 1, name: 'Wages' }),
  );
  expect(edit).toMatchObject({ status: 'fulfilled' });
  expect(await here.sql('select name, revision from resource where id = $1', [here.uuid('payroll')])).toEqual([
    { name: 'Wages', revision: 2 },
  ]);
});

test('a grant whose end comes while a write waits is over: now is read after the locks (DEC-4)', async () => {
  const here = await scene();
  await here.sql(`update access_grant set expires_at = clock_timestamp() + interval '400 ms' where resource_id = $1`, [
    here.uuid('payroll'),
  ]);
  const session = await here.session('bo');
  const edit = await meanwhile(here, 'select pg_sleep(0.5)', () =>
    session.perform(editWorkflow, { id: here.id('payroll'), revision: 1, name: 'Late' }),
  );
  expect(edit).toMatchObject({ status: 'rejected', reason: { code: 'not_found' } });
});

test('locked by id and then decided by a second statement, storage sees what was committed while it waited (QUERIES.md)', async () => {
  const here = await scene();
  const entrance = await here.entrance('bo');
  const ref = { noun: 'resource', kind: 'workflow', id: here.uuid('payroll') } as const;
  const outcomes = await meanwhile(
    here,
    fill(here, `delete from access_grant where resource_id = '{payroll}'`),
    async () =>
      (await storage()).writing(entrance, async (tx) => {
        const before = await decideOn(tx, entrance, 'resource.edit', ref);
        await lock(tx, entrance, 'resource.edit', [ref]);
        const after = await decideOn(tx, entrance, 'resource.edit', ref);
        return [before?.decision.outcome, after?.decision.outcome];
      }),
  );
  expect(outcomes).toEqual({ status: 'fulfilled', value: ['allow', 'hide'] });
});

const fill = (here: World, text: string) =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'organization' ? here.organization : here.uuid(name)));

/** Holds the workflow's row until `work` waits for it, changes something, and lets go. */
async function meanwhile<T>(
  here: World,
  statement: string,
  work: () => Promise<T>,
): Promise<PromiseSettledResult<T> | undefined> {
  await other.query('begin');
  await other.query('select from resource where id = $1 for no key update', [here.uuid('payroll')]);
  const working = Promise.allSettled([work()]);
  await someoneWaits();
  await other.query(statement);
  await other.query('commit');
  return (await working)[0];
}

async function someoneWaits(): Promise<void> {
  for (let i = 0; i < 200; i++) {
    const { rows } = await superuser.query(
      `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (rows.length) return;
    await setTimeout(5);
  }
  throw new Error('nobody waits');
}
