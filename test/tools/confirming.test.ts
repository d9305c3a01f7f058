import { afterEach, expect, test, vi } from 'vitest';
import { boundTo, tokenFor } from '../../src/workspace/confirming.ts';
import { operations } from '../../src/workspace/operations.ts';
import { digestOf, unseal } from '../../src/workspace/seal.ts';
import { office } from '../support/office.ts';

const told = {
  people: { ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' } },
  workflows: { plan: { in: 'growth', owner: 'bo' }, spare: { in: 'growth', owner: 'bo' } },
} as const;
const code = (code: string, more: object = {}) => ({ error: expect.objectContaining({ code, ...more }) });

afterEach(() => void vi.useRealTimers());

test.each<[string, Record<string, unknown>]>([
  ['delete_workflow', {}],
  ['set_visibility', { visibility: 'everyone' }],
  ['transfer_ownership', { to: 'cy@acme.test' }],
])(
  '%s changes nothing on its first call, and is done by the second with the token, once (EXT-8)',
  async (name, args) => {
    const here = await office(told);
    const bo = here.as('bo');
    const id = here.id('plan');
    const rows = () =>
      here.sql(
        'select r.*, (select count(*) from activity a where a.organization_id = r.organization_id) as log from resource r where r.id = $1',
        [here.uuid('plan')],
      );
    const before = await rows();
    const { preview, confirm } = await bo(name, { id, ...args });
    expect(preview).toMatchObject({
      from: expect.any(Object),
      to: expect.any(Object),
      gains: expect.any(Object),
      loses: expect.any(Object),
    });
    expect(await rows()).toEqual(before);
    const done = await bo(name, { id, ...args, confirm });
    expect(done).toMatchObject({ id });
    expect(await rows()).not.toEqual(before);
    const again = await bo(name, { id, ...args, confirm });
    expect(['confirmation_stale', 'not_found']).toContain(again.error.code);
  },
);

test('a token that has served does not serve again, although all is as it was (EXT-8) (security 9)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const args = { id: here.id('plan'), visibility: 'everyone' };
  const { confirm } = await bo('set_visibility', args);
  await bo('set_visibility', { ...args, confirm });
  await here.sql(`update resource set visibility = 'private' where id = $1`, [here.uuid('plan')]);
  expect(await bo('set_visibility', { ...args, confirm })).toMatchObject(code('confirmation_stale'));
  expect(await bo('open_workflow', { id: args.id })).toMatchObject({ visibility: 'private' });
});

test('it is bound to caller, key, tool, target and arguments (EXT-8) (security 8, 9)', async () => {
  const here = await office({
    ...told,
    workflows: { ...told.workflows, plan: { in: 'growth', owner: 'bo', grants: { cy: 'editor' } } },
  });
  const bo = here.as('bo');
  const args = { id: here.id('plan'), visibility: 'everyone' };
  const { confirm } = await bo('set_visibility', args);
  for (const [call, tool, more] of [
    [here.as('bo', { name: 'another key' }), 'set_visibility', args],
    [here.as('ada', { scopes: ['read', 'share', 'override'] }), 'set_visibility', args],
    [bo, 'set_visibility', { ...args, everyone_role: 'viewer' }],
    [bo, 'set_visibility', { ...args, visibility: 'private' }],
    [bo, 'set_visibility', { ...args, id: here.id('spare') }],
    [bo, 'delete_workflow', { id: args.id }],
  ] as const)
    expect(await call(tool, { ...more, confirm })).toMatchObject(
      code('confirmation_stale', { current: { preview: expect.any(Object), confirm: expect.any(String) } }),
    );
  expect(await bo('set_visibility', { ...args, id: ` ${args.id}`, confirm }), 'the same words, or none').toMatchObject(
    code('confirmation_stale'),
  );
  expect(await bo('set_visibility', { ...args, confirm })).toMatchObject({ visibility: 'everyone' });
});

test('a token made up, cut, or empty is stale, and comes with a new preview (EXT-8)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const args = { id: here.id('plan') };
  const { confirm } = await bo('delete_workflow', args);
  for (const token of ['', 'x', confirm.slice(0, -3), `${confirm.slice(0, -4)}AAAA`]) {
    const stale = await bo('delete_workflow', { ...args, confirm: token });
    expect(stale).toMatchObject(code('confirmation_stale'));
  }
  const { error } = await bo('delete_workflow', { ...args, confirm: 'x' });
  expect(await bo('delete_workflow', { ...args, confirm: error.current.confirm })).toMatchObject({ deleted: true });
});

test('it holds for five minutes of the database’s clock, whatever the server’s says (DEC-4, EXT-8) (security 9)', async () => {
  const here = await office(told);
  const { entrance, secret } = await here.credential('bo');
  const session = await here.postern.admit(secret);
  const args = { id: here.id('plan'), visibility: 'everyone' };
  const [{ signing_key: key, now } = { signing_key: Buffer.of(), now: new Date() }] = await here.sql<{
    signing_key: Buffer;
    now: Date;
  }>('select signing_key, now() from installation');
  const operation = operations.set_visibility;
  const bound = { key, entrance, operation: operation.name, args: digestOf([operation.name, args]) };
  const aged = async (ms: number) => {
    const { confirm } = await session.perform(operation, args);
    const { digest } = JSON.parse(unseal(key, String(confirm), boundTo(bound)) as string);
    const token = tokenFor(bound, digest, new Date(now.getTime() - ms));
    return session.perform(operation, args, { confirm: token }).catch((refused) => refused);
  };
  vi.useFakeTimers({ toFake: ['Date'], now: now.getTime() - 86_400_000 });
  expect(await aged(5 * 60_000)).toMatchObject({ code: 'confirmation_stale' });
  vi.setSystemTime(now.getTime() + 86_400_000);
  expect(await aged(5 * 60_000 - 60_000)).toMatchObject({ visibility: 'everyone' });
});

test('where what it showed has changed meanwhile it is stale, with a preview of what would happen now (EXT-8) (security 9)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const args = { id: here.id('plan'), visibility: 'private' };
  const { confirm } = await bo('set_visibility', args);
  await bo('share_resource', { id: args.id, with: 'person:cy@acme.test', role: 'viewer' });
  const { error } = await bo('set_visibility', { ...args, confirm });
  expect(error).toMatchObject({
    code: 'confirmation_stale',
    current: {
      preview: { loses: { total: 1, people: [{ person: 'cy@acme.test', before: 'viewer', after: 'none' }] } },
    },
  });
  expect(await here.as('cy')('open_workflow', { id: args.id })).toMatchObject({ access: 'viewer' });
  expect(await bo('set_visibility', { ...args, confirm: error.current.confirm })).toMatchObject({
    visibility: 'private',
  });
});

test('an edit between the preview of a deletion and its confirmation is not deleted unseen (EXT-8, VER-1)', async () => {
  const here = await office(told);
  const bo = here.as('bo');
  const id = here.id('plan');
  const { preview, confirm } = await bo('delete_workflow', { id });
  expect(preview).toMatchObject({ from: { name: 'plan', revision: 1, deleted: false } });
  await bo('edit_workflow', { id, revision: 1, merge: { note: 'worth keeping' } });
  const { error } = await bo('delete_workflow', { id, confirm });
  expect(error).toMatchObject({ code: 'confirmation_stale', current: { preview: { from: { revision: 2 } } } });
  expect(await bo('open_workflow', { id })).toMatchObject({ revision: 2 });
  expect(await bo('delete_workflow', { id, confirm: error.current.confirm })).toMatchObject({ deleted: true });
});

test('it shows levels as the capability caps them: who can only read gains viewer (EXT-8, DEC-3)', async () => {
  const here = await office({
    ...told,
    workspaces: { growth: { ...told.workspaces.growth, dee: 'viewer' } },
  });
  const { preview } = await here.as('bo')('set_visibility', { id: here.id('plan'), visibility: 'everyone' });
  expect(preview.gains).toEqual({
    total: 2,
    people: [
      { person: 'cy@acme.test', before: 'none', after: 'editor' },
      { person: 'dee@acme.test', before: 'none', after: 'viewer' },
    ],
  });
});

test('it is no authorization: rights are decided again on the second call (EXT-8)', async () => {
  const here = await office({
    ...told,
    workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'viewer' } } },
  });
  const bo = here.as('bo');
  const { confirm } = await bo('delete_workflow', { id: here.id('plan') });
  await here.sql(`insert into capability_switch values ($1, $2, $3, 'flows_manager', false)`, [
    here.organization,
    here.uuid('bo'),
    here.uuid('growth'),
  ]);
  expect(await bo('delete_workflow', { id: here.id('plan'), confirm })).toMatchObject(code('permission_denied'));
  expect(
    await here.as('cy')('delete_workflow', { id: here.id('plan') }),
    'nor is a preview shown without the right',
  ).toMatchObject(code('permission_denied'));
  await here.sql(`update resource set owner_id = $1 where id = $2`, [here.uuid('ada'), here.uuid('plan')]);
  expect(await bo('delete_workflow', { id: here.id('plan'), confirm })).toMatchObject(code('not_found'));
});

test('of two that confirm the same with one token at once, one is done (EXT-8)', async () => {
  const here = await office(told);
  const session = await here.session('bo');
  const args = { id: here.id('plan'), to: 'cy@acme.test', keep: 'editor' };
  const { confirm } = await session.perform(operations.transfer_ownership, args);
  const both = await Promise.allSettled(
    [1, 2].map(() => session.perform(operations.transfer_ownership, args, { confirm: confirm as string })),
  );
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
});
