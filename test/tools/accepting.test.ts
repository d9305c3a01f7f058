import { describe, expect, test } from 'vitest';
import { keyInMeta } from '../../src/mcp/call.ts';
import { openDatabase } from '../../src/storage/database.ts';
import { acceptInvitation } from '../../src/workspace/accepting.ts';
import { accept, invite, inviting, linkOf } from '../support/inviting.ts';
import { entries, lastOf } from '../support/logged.ts';
import { confirmed } from '../support/office.ts';
import { code } from '../support/requesting.ts';
import { seat } from '../support/seats.ts';
import { served } from '../support/world.ts';

const isOver = { code: 'not_found', message: expect.stringContaining('opens nothing') };

describe('the secret of an invitation', () => {
  test('is in the first answer alone, where no mail is sent: in no list, no log, no later answer, and not in the database (ORG-4, EXT-9)', async () => {
    const here = await inviting();
    const key = { [keyInMeta]: 'k' };
    const first = await seat(here, 'root')('invite_members', { emails: ['new@x.test'] }, key);
    const { link } = first.outcomes[0];
    expect(link).toMatch(/^invite_[0-9a-z]{84}$/);
    const random = link.slice(-32);
    const again = await seat(here, 'root')('invite_members', { emails: ['new@x.test'] }, key);
    expect(again.outcomes).toEqual([
      { email: 'new@x.test', id: first.outcomes[0].id, status: 'pending', expires_at: first.outcomes[0].expires_at },
    ]);
    const listed = await seat(here, 'root')('list_invitations');
    const log = await entries(here);
    const kept = await here.sql(
      `select i::text, encode(i.secret_hash, 'escape') as hash, (select string_agg(k.outcome::text, '') from idempotency k where k.organization_id = i.organization_id) as kept
       from invitation i where organization_id = $1`,
      [here.organization],
    );
    expect(kept).toHaveLength(1);
    expect(log.map(({ noun }) => noun)).toContain('invitation');
    expect(JSON.stringify([again, listed, log, kept])).not.toContain(random);
  });

  test('serves once; expired, revoked, used and made up are told apart by nobody (ORG-4)', async () => {
    const here = await inviting();
    const fresh = async (email: string) => linkOf(here, 'root', { emails: [email] });
    const [used, over, revoked] = [await fresh('used@x.test'), await fresh('over@x.test'), await fresh('gone@x.test')];
    expect(await accept(used, 'Una')).toMatchObject({ email: 'used@x.test', role: 'member' });
    await here.sql(`update invitation set expires_at = now() where email = 'over@x.test' and organization_id = $1`, [
      here.organization,
    ]);
    const pending = (await seat(here, 'root')('list_invitations')).items;
    const idOf = (email: string) => pending.find((it: { email: string }) => it.email === email).id;
    expect(pending.find((it: { email: string }) => it.email === 'over@x.test').status).toBe('expired');
    expect(await seat(here, 'root')('update_invitation', { id: idOf('gone@x.test'), do: 'revoke' })).toMatchObject({
      status: 'revoked',
    });
    const said = await Promise.all(
      [used, over, revoked, `${used.slice(0, -1)}x`, 'invite_x', 'nonsense'].map((it) => accept(it)),
    );
    expect(new Set(said.map((it) => JSON.stringify(it))).size).toBe(1);
    expect(said[0]).toMatchObject(isOver);
  });

  test('is accepted once, also by two at once (ORG-4)', async () => {
    const here = await inviting();
    const link = await linkOf(here, 'root');
    const said = await Promise.all([accept(link), accept(link), accept(link)]);
    expect(said.filter((it) => 'person' in it)).toHaveLength(1);
    expect(
      await here.sql(`select id from person where email = 'new@x.test' and organization_id = $1`, [here.organization]),
    ).toHaveLength(1);
  });

  test('dies when the invitation is sent again, also where someone accepts meanwhile (ORG-4, 004-11)', async () => {
    const here = await inviting();
    const old = await linkOf(here, 'root');
    const [{ id, expires_at }] = (await seat(here, 'root')('list_invitations')).items;
    await here.sql(`update invitation set expires_at = now() where organization_id = $1`, [here.organization]);
    const { link, ...sent } = await seat(here, 'root')('update_invitation', { id, do: 'resend' });
    expect(sent).toMatchObject({ id, status: 'pending' });
    expect(Date.parse(sent.expires_at) - Date.parse(expires_at)).toBeGreaterThanOrEqual(0);
    expect(await accept(old)).toMatchObject(isOver);
    const [resent, entered] = await Promise.all([
      seat(here, 'root')('update_invitation', { id, do: 'resend' }),
      accept(link),
    ]);
    if ('person' in entered) expect(resent).toMatchObject(code('already_decided'));
    else expect(await accept(resent.link)).toMatchObject({ email: 'new@x.test' });
  });

  test('ends in 7 days unless it says when, which is still to come (ORG-4)', async () => {
    const here = await inviting();
    const end = async (args: object) => Date.parse((await invite(here, 'root', { ...args })).outcomes[0].expires_at);
    expect(Math.abs((await end({})) - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
    const set = new Date(Date.now() + 3_600_000).toISOString();
    expect(await end({ emails: ['b@x.test'], expires_at: set })).toBe(Date.parse(set));
    expect(await invite(here, 'root', { emails: ['c@x.test'], expires_at: '2020-01-01T00:00:00Z' })).toMatchObject(
      code('invalid_argument'),
    );
  });
});

describe('accepting', () => {
  test('makes someone of the role, in the places, by their own hand or the operator’s, and the log says whose (ORG-4, EXT-4)', async () => {
    const here = await inviting('bo');
    const link = await linkOf(here, 'bo', {
      workspaces: [{ workspace: 'growth', role: 'creator' }],
      teams: [{ team: 'open' }],
    });
    expect(await accept(`https://postern.test/join#${link}`, '  Newt\u202e ')).toMatchObject({ role: 'member' });
    expect(await lastOf(here)).toMatchObject({ action: 'invitation.accept', surface: 'operator', person_id: null });
    expect(await seat(here, 'bo')('get_member', { id: 'new@x.test' })).toMatchObject({
      name: 'Newt',
      role: 'member',
      teams: [{ name: 'open', role: 'member' }],
      workspaces: [{ name: 'growth', role: 'creator' }],
    });

    const other = await linkOf(here, 'root', { emails: ['Own@x.test'] });
    const database = await openDatabase(served);
    const own = (email: string) => acceptInvitation(database, { secret: other, name: 'Olla', email }, 'studio');
    await expect(own('new@x.test'), 'signed in as someone else').rejects.toMatchObject(isOver);
    const { person } = await own('own@X.test');
    await database.close();
    expect(await lastOf(here)).toMatchObject({ action: 'invitation.accept', surface: 'studio', after: { person } });
  });

  test('gives what its sender could still give, and nothing where they may not invite any more (ORG-3)', async () => {
    const here = await inviting('bo', 'cy', 'ada');
    const into = { workspaces: [{ workspace: 'growth', role: 'creator' }], teams: [{ team: 'open' }] };
    const [lowered, barred, gone, left] = [
      await linkOf(here, 'bo', { emails: ['lowered@x.test'], ...into }),
      await linkOf(here, 'cy', { emails: ['barred@x.test'] }),
      await linkOf(here, 'ada', { emails: ['gone@x.test'] }),
      (await confirmed(seat(here, 'root'), 'invite_members', { emails: ['boss@x.test'], role: 'admin' })).outcomes[0]
        .link,
    ];
    await here.sql(`update workspace_member set role = 'creator' where person_id = $1`, [here.uuid('bo')]);
    await here.sql('update person set can_invite = false where id = $1', [here.uuid('cy')]);
    await here.sql(`update person set status = 'suspended' where id = $1`, [here.uuid('ada')]);
    await here.sql(`update person set role = 'member', can_invite = true where id = $1`, [here.uuid('root')]);
    expect(await accept(lowered)).toMatchObject({ email: 'lowered@x.test' });
    expect((await lastOf(here)).after).toMatchObject({ workspaces: [], teams: [{ team: here.id('open') }] });
    for (const link of [barred, gone, left]) expect(await accept(link)).toMatchObject(isOver);
  });

  test('lets someone in anew who was removed, as someone new (ORG-11)', async () => {
    const here = await inviting();
    await here.sql(`update person set status = 'removed' where id = $1`, [here.uuid('cy')]);
    const entered = await accept(await linkOf(here, 'root', { emails: [here.email('cy')] }), 'Cy');
    expect(entered).toMatchObject({ email: here.email('cy') });
    expect(entered).not.toMatchObject({ person: here.id('cy') });
  });
});
