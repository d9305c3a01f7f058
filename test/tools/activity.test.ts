import { expect, test } from 'vitest';
import { inside } from '../../src/terms/ids.ts';
import { entries, lastOf } from '../support/logged.ts';
import { confirmed, office } from '../support/office.ts';

const told = {
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' } },
  workflows: { plan: { in: 'growth', owner: 'bo', grants: { cy: 'viewer' } }, secret: { in: 'growth', owner: 'bo' } },
  requests: { wish: { by: 'cy', for: 'secret' } },
} as const;
test('every change is in it: who by which key, what, on which, before and after, and why it was allowed (EXP-5)', async () => {
  const here = await office(told);
  const bo = here.as('bo', { name: "bo's agent" });
  const id = here.id('plan');
  const changes: [string, Record<string, unknown>, string, unknown, unknown][] = [
    [
      'edit_workflow',
      { id, revision: 1, name: 'New name' },
      'resource.edit',
      { revision: 1, name: 'plan' },
      { revision: 2, name: 'New name' },
    ],
    [
      'restore_revision',
      { id, revision: 2, restore: 1 },
      'resource.revert',
      { revision: 2 },
      { revision: 3, restored_from: 1, name: 'plan' },
    ],
    [
      'share_resource',
      { id, with: 'person:ada@acme.test', role: 'viewer', message: 'Have a look.' },
      'resource.share',
      null,
      { with: here.id('ada'), role: 'viewer', message: 'Have a look.' },
    ],
    [
      'unshare_resource',
      { id, with: 'person:ada@acme.test' },
      'resource.unshare',
      { with: here.id('ada'), role: 'viewer' },
      null,
    ],
  ];
  for (const [tool, args, action, before, after] of changes) {
    expect((await bo(tool, args)).error).toBeUndefined();
    const entry = await lastOf(here);
    expect(entry).toMatchObject({
      action,
      outcome: 'allow',
      noun: 'resource',
      entity_id: here.uuid('plan'),
      workspace_id: here.uuid('growth'),
      person_id: here.uuid('bo'),
      surface: 'external',
      via: 'owner',
      overridden: false,
    });
    expect(entry.because).toMatch(/DEC-|VER-|[A-Z]+-\d/);
    if (before) expect(entry.before).toMatchObject(before);
    else expect(entry.before).toBeNull();
    if (after) expect(entry.after).toMatchObject(after);
    else expect(entry.after).toBeNull();
  }
  const keys = await here.sql<{ name: string }>(
    'select distinct c.name from activity a join credential c on c.id = a.credential_id where a.organization_id = $1',
    [here.organization],
  );
  expect(keys).toEqual([{ name: "bo's agent" }]);
  for (const [tool, args, action, after] of [
    ['set_visibility', { visibility: 'everyone' }, 'resource.publish', { visibility: 'everyone' }],
    [
      'transfer_ownership',
      { to: 'cy@acme.test', keep: 'editor' },
      'resource.transfer',
      { owner: 'cy@acme.test', keeps: 'editor' },
    ],
  ] as const) {
    const count = (await entries(here)).length;
    await confirmed(bo, tool, { id, ...args });
    expect(await lastOf(here)).toMatchObject({ action, after, entity_id: here.uuid('plan') });
    expect((await entries(here)).length, 'a preview is no change').toBe(count + 1);
  }
});

test('what is created is what the entry speaks of, and documents are in it as digests (ACT-2)', async () => {
  const here = await office(told);
  const made = await here.as('bo')('create_workflow', { name: 'Fresh', document: { secret: 'do-not-log-me' } });
  expect(await lastOf(here)).toMatchObject({
    action: 'resource.create',
    entity_id: inside('workflow', made.id),
    noun: 'resource',
    before: null,
    after: { id: made.id, name: 'Fresh', digest: expect.stringMatching(/^[\w-]{43}$/) },
  });
  await here.as('bo')('edit_workflow', { id: made.id, revision: 1, merge: { secret: 'do-not-log-me-either' } });
  expect(JSON.stringify(await entries(here))).not.toContain('do-not-log');
});

test('asking, cancelling and each decision of many are in it, each on its own request (ACT-1)', async () => {
  const here = await office({
    ...told,
    requests: {
      wish: { by: 'cy', for: 'secret' },
      other: { by: 'ada', for: 'secret' },
      foreign: { by: 'bo', for: 'plan' },
    },
  });
  const asked = await here.as('cy')('request_access', { id: here.id('plan') });
  expect(await lastOf(here)).toMatchObject({
    action: 'request.make',
    noun: 'request',
    entity_id: inside('request', asked.id),
    after: { request: asked.id, resource: here.id('plan'), role: 'editor' },
  });
  await here.as('cy')('cancel_access_request', { id: asked.id });
  expect(await lastOf(here)).toMatchObject({
    action: 'request.cancel',
    entity_id: inside('request', asked.id),
    before: { status: 'pending' },
    after: { status: 'cancelled' },
  });
  await here.as('bo')('decide_access_requests', {
    decisions: [
      { id: here.id('wish'), decision: 'approve', role: 'viewer' },
      { id: here.id('other'), decision: 'deny', note: 'no' },
      { id: here.id('foreign'), decision: 'approve' },
    ],
  });
  const [one, two, three] = (await entries(here)).slice(-3);
  expect(one).toMatchObject({
    action: 'request.decide',
    entity_id: here.uuid('wish'),
    outcome: 'allow',
    workspace_id: here.uuid('growth'),
    before: { status: 'pending', role: 'editor' },
    after: { status: 'approved', role: 'viewer', requester: here.id('cy'), resource: here.id('secret') },
  });
  expect(two).toMatchObject({
    entity_id: here.uuid('other'),
    after: { status: 'denied', requester: here.id('ada') },
  });
  expect(three).toMatchObject({ entity_id: here.uuid('foreign'), outcome: 'deny', before: null, after: null });
});

test.each<[string, string, Record<string, unknown>]>([
  ['share_resource', 'resource.share', { with: 'person:cy@acme.test', role: 'editor' }],
  ['set_visibility', 'resource.publish', { visibility: 'everyone' }],
  ['transfer_ownership', 'resource.transfer', { to: 'cy@acme.test' }],
])('a request that %s settles has an entry of its own in it (ACT-1, REQ-6)', async (tool, action, args) => {
  const here = await office(told);
  const call = here.as('bo');
  const all = { id: here.id('secret'), ...args };
  const done = tool === 'share_resource' ? await call(tool, all) : await confirmed(call, tool, all);
  expect(done.error).toBeUndefined();
  const of = (name: string) => entries(here).then((all) => all.filter((it) => it.entity_id === here.uuid(name)));
  expect(await of('secret')).toMatchObject([{ action, noun: 'resource' }]);
  expect(await of('wish')).toMatchObject([
    {
      action,
      outcome: 'allow',
      noun: 'request',
      person_id: here.uuid('bo'),
      workspace_id: here.uuid('growth'),
      via: 'owner',
      before: { status: 'pending', role: 'editor' },
      after: { status: 'approved', role: 'editor', requester: here.id('cy'), resource: here.id('secret') },
    },
  ]);
});
