import { describe, expect, test } from 'vitest';
import { outside } from '../../src/terms/ids.ts';
import { accept, invite, inviting } from '../support/inviting.ts';
import { lastOf } from '../support/logged.ts';
import { confirmed } from '../support/office.ts';
import { code } from '../support/requesting.ts';
import { overriding, seat } from '../support/seats.ts';

const isOver = { code: 'not_found', message: expect.stringContaining('opens nothing') };

describe('who may invite whom', () => {
  test('admins always, a member whom an admin let, and guests never (ORG-3, 003-13, 003-16)', async () => {
    const here = await inviting('cy', 'gus');
    for (const who of ['root', 'cy'])
      expect(await invite(here, who, { emails: [`${who}@x.test`] })).toMatchObject({
        outcomes: [{ status: 'pending' }],
      });
    for (const who of ['ada', 'gus']) expect(await invite(here, who, {}), who).toMatchObject(code('permission_denied'));
  });

  test('a role is set when inviting: member where none is named, or straight in as guest (ORG-4, ORG-1, 003-2, 003-3, 003-4, 004-9)', async () => {
    const here = await inviting();
    await invite(here, 'root', { emails: ['a@x.test'] });
    await invite(here, 'root', { emails: ['b@x.test'], role: 'guest' });
    const { items } = await seat(here, 'root')('list_invitations');
    expect(items.map(({ email, role }: { email: string; role: string }) => `${email} ${role}`)).toEqual([
      'b@x.test guest',
      'a@x.test member',
    ]);
  });

  test('inviting an admin or a workspace’s owner is previewed and confirmed, and the former is an admin’s alone (ORG-3)', async () => {
    const here = await inviting('ada', 'bo');
    const asAdmin = { emails: ['boss@x.test'], role: 'admin' };
    expect(await invite(here, 'ada', asAdmin)).toMatchObject(code('permission_denied'));
    const { confirm, preview } = await invite(here, 'root', asAdmin);
    expect(preview.to).toEqual({ emails: ['boss@x.test'], role: 'admin' });
    expect((await seat(here, 'root')('list_invitations')).items).toEqual([]);
    expect(await invite(here, 'root', { ...asAdmin, confirm })).toMatchObject({ outcomes: [{ status: 'pending' }] });

    const asOwner = { emails: ['own@x.test'], workspaces: [{ workspace: 'growth', role: 'owner' }] };
    expect(await invite(here, 'bo', asOwner), 'an admin makes no owner').toMatchObject(code('permission_denied'));
    expect(await invite(here, 'ada', asOwner)).toHaveProperty('confirm');
    expect(await confirmed(seat(here, 'ada'), 'invite_members', asOwner)).toMatchObject({
      outcomes: [{ status: 'pending' }],
    });
  });

  test.each`
    who       | places                                                        | answer
    ${'cy'}   | ${{ teams: [{ team: 'open' }] }}                              | ${'pending'}
    ${'cy'}   | ${{ teams: [{ team: 'open', role: 'manager' }] }}             | ${'permission_denied'}
    ${'cy'}   | ${{ teams: [{ team: 'crew' }] }}                              | ${'not_found'}
    ${'cy'}   | ${{ workspaces: [{ workspace: 'growth', role: 'viewer' }] }}  | ${'permission_denied'}
    ${'cy'}   | ${{ workspaces: [{ workspace: 'finance', role: 'viewer' }] }} | ${'not_found'}
    ${'bo'}   | ${{ workspaces: [{ workspace: 'growth', role: 'admin' }] }}   | ${'pending'}
    ${'bo'}   | ${{ teams: [{ team: 'crew' }] }}                              | ${'permission_denied'}
    ${'root'} | ${{ teams: [{ team: 'crew', role: 'manager' }] }}             | ${'pending'}
    ${'root'} | ${{ workspaces: [{ workspace: 'growth', role: 'viewer' }] }}  | ${'not_found'}
    ${'root'} | ${{ workspaces: [{ workspace: 'finance', role: 'admin' }] }}  | ${'pending'}
  `(
    'an invitation by $who with $places, which gives no more than they could: $answer (ORG-3, TEAM-4, TEAM-6)',
    async ({ who, places, answer }) => {
      const here = await inviting('cy', 'bo');
      const said = await invite(here, who, places);
      expect(said.error?.code ?? said.outcomes[0].status).toBe(answer);
    },
  );

  test('with override an admin gives places anywhere, and a guest none that is no guest’s (EXT-3, ORG-6, ORG-10)', async () => {
    const here = await inviting('bo');
    const into = (role: string) => ({ emails: ['w@x.test'], workspaces: [{ workspace: 'growth', role }] });
    expect(await overriding(here, 'root')('invite_members', into('creator'))).toMatchObject({
      outcomes: [{ status: 'pending' }],
    });
    expect(await invite(here, 'bo', { ...into('admin'), role: 'guest' })).toMatchObject(code('permission_denied'));
    expect(await invite(here, 'root', { role: 'guest', teams: [{ team: 'crew' }] })).toMatchObject(
      code('permission_denied'),
    );
  });

  test('of several emails each has its outcome; whom the inviter does not find is invited like anyone (ORG-4, DIR-1)', async () => {
    const here = await inviting('cy');
    await invite(here, 'cy', { emails: ['twice@x.test'] });
    await invite(here, 'root', { emails: ['other@x.test'] });
    const { outcomes } = await invite(here, 'cy', {
      emails: ['one@x.test', 'ONE@x.test', here.email('ada'), 'twice@x.test', here.email('gil'), 'other@x.test'],
    });
    expect(
      outcomes.map(({ email, error }: { email: string; error?: { code: string } }) => [email, error?.code]),
    ).toEqual([
      ['ONE@x.test', undefined],
      [here.email('ada'), 'already_has_access'],
      ['twice@x.test', 'conflict'],
      [here.email('gil'), undefined],
      ['other@x.test', undefined],
    ]);
    const link = outcomes[3].link;
    expect(await accept(link), 'they are in already').toMatchObject(isOver);
  });
});

test('one sees, resends and revokes one’s own invitations, admins all; those of others are missing (ORG-3, EXT-12, 004-11)', async () => {
  const here = await inviting('cy', 'bo');
  await invite(here, 'cy', { emails: ['a@x.test'] });
  await invite(here, 'bo', { emails: ['b@x.test'], workspaces: [{ workspace: 'growth', role: 'viewer' }] });
  const emails = async (who: string) =>
    (await seat(here, who)('list_invitations')).items.map(({ email }: { email: string }) => email);
  expect(await emails('cy')).toEqual(['a@x.test']);
  expect(await emails('bo')).toEqual(['b@x.test']);
  expect(await emails('root')).toEqual(['b@x.test', 'a@x.test']);
  expect(await emails('ada')).toEqual([]);
  const [theirs, own] = (await seat(here, 'root')('list_invitations')).items;
  expect(theirs, 'a workspace that the admin is not in is not named').not.toMatchObject({
    workspaces: [{ name: 'growth' }],
  });
  expect((await seat(here, 'bo')('list_invitations')).items[0].workspaces).toMatchObject([
    { name: 'growth', role: 'viewer' },
  ]);

  const cy = await here.seated(await here.key('cy'), 'toolsets=people');
  const said = async (id: string) => (await cy.said('update_invitation', { id, do: 'revoke' })).replaceAll(id, 'ID');
  const missing = await said(outside('invitation', here.uuid('cy')));
  expect(missing).toContain('not_found');
  expect(await said(theirs.id)).toBe(missing);
  expect(await seat(here, 'cy')('update_invitation', { id: own.id, do: 'revoke' })).toMatchObject({
    status: 'revoked',
  });
  expect(await seat(here, 'cy')('update_invitation', { id: own.id, do: 'resend' })).toMatchObject(
    code('already_decided'),
  );
  expect(await seat(here, 'root')('update_invitation', { id: theirs.id, do: 'revoke' })).toMatchObject({
    status: 'revoked',
  });
  expect(await lastOf(here)).toMatchObject({ action: 'invitation.change', after: { status: 'revoked' } });
});
