import { expect, test } from 'vitest';
import { lastOf } from '../support/logged.ts';
import { confirmed, office } from '../support/office.ts';
import { code } from '../support/requesting.ts';
import { overriding, seat } from '../support/seats.ts';

const here = await office({
  people: { root: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'admin', cy: 'viewer', crew: 'creator' } },
  teams: { crew: ['dee'] },
  workflows: { plan: { in: 'growth', owner: 'ada', grants: { cy: 'editor', dee: 'editor' } } },
});
const wish = (who: string, switches: object) => ({ id: here.email(who), workspace: 'growth', ...switches });
const turn = (by: string, who: string, switches: object) =>
  seat(here, by)('set_member_capabilities', wish(who, switches));
const edits = async (who: string) => {
  const { revision } = await seat(here, who)('open_workflow', { id: here.id('plan') });
  return (await seat(here, who)('edit_workflow', { id: here.id('plan'), revision, merge: { by: who } })).error?.code;
};
const capable = async (who: string) =>
  (await seat(here, 'ada')('get_member', { id: here.id(who) })).workspaces[0].capabilities;
const role = (who: string, to: string) =>
  confirmed(seat(here, 'ada'), 'set_member_role', { id: here.id(who), workspace: 'growth', role: to });

test('a role presets the capabilities (WS-3, 004-31)', async () => {
  const all = ['flows_manager', 'brand_kits_manager', 'audience_viewer'];
  for (const [to, presets] of [
    ['viewer', []],
    ['creator', ['flows_manager', 'brand_kits_manager']],
    ['admin', all],
  ] as const) {
    await role('cy', to);
    expect(await capable('cy'), to).toEqual(presets);
  }
  await role('cy', 'viewer');
});

test('an admin of the workspace switches each on or off for one member, which counts at once and is logged (WS-3, DEC-3, 004-32)', async () => {
  expect(await edits('cy')).toBe('permission_denied');
  expect(await turn('bo', 'cy', { flows_manager: 'on' })).toEqual({
    id: here.id('cy'),
    email: here.email('cy'),
    workspace: here.id('growth'),
    capabilities: ['flows_manager'],
    switched: { flows_manager: true },
  });
  expect(await lastOf(here)).toMatchObject({
    action: 'workspace.enable',
    noun: 'workspace',
    before: { person: here.id('cy'), switched: {} },
    after: { person: here.id('cy'), switched: { flows_manager: true } },
  });
  expect(await edits('cy')).toBeUndefined();
  await turn('bo', 'cy', { flows_manager: 'off' });
  expect(await edits('cy')).toBe('permission_denied');
});

test('a switch outlives a change of role until it is reset, and beats what a team gives (WS-3)', async () => {
  await turn('bo', 'cy', { flows_manager: 'off', audience_viewer: 'on' });
  await role('cy', 'creator');
  expect(await capable('cy')).toEqual(['brand_kits_manager', 'audience_viewer']);
  expect(await turn('bo', 'cy', { flows_manager: 'reset', audience_viewer: 'reset' })).toMatchObject({
    capabilities: ['flows_manager', 'brand_kits_manager'],
    switched: {},
  });
  expect(await edits('dee')).toBeUndefined();
  await turn('bo', 'dee', { flows_manager: 'off' });
  expect(await edits('dee')).toBe('permission_denied');
});

test('nobody switches their own, with override neither, and who is no admin there switches nobody’s (WS-4, EXT-10, 004-32)', async () => {
  expect(await turn('bo', 'bo', { audience_viewer: 'off' })).toMatchObject({
    error: { code: 'permission_denied', message: expect.stringContaining('WS-4') },
  });
  expect(await turn('cy', 'dee', { flows_manager: 'on' })).toMatchObject(code('permission_denied'));
  expect(await turn('root', 'dee', { flows_manager: 'on' })).toMatchObject(code('not_found'));
  expect(await overriding(here, 'root')('set_member_capabilities', wish('dee', { flows_manager: 'on' }))).toMatchObject(
    {
      switched: { flows_manager: true },
    },
  );
  expect(await lastOf(here)).toMatchObject({ overridden: true });
});

test('who is not in the workspace has nothing to switch there (WS-3, DEC-2)', async () => {
  expect(await turn('ada', 'root', { flows_manager: 'on' })).toMatchObject(code('invalid_argument'));
  expect(await turn('ada', 'cy', {})).toMatchObject(code('invalid_argument'));
});
