import { beforeAll, describe, expect, test } from 'vitest';
import { password, premisesFor } from '../support/studio.ts';
import { type World, world } from '../support/world.ts';

const at = (name: string) => `${name}@sessions.test`;
const names = ['cy', 'dee', 'eli', 'hal'] as const;

const { visitor, postern } = await premisesFor();
/** The same on TLS, as its address says. */
const published = await premisesFor({ outdoors: { address: 'https://postern.test' }, allowedHosts: ['postern.test'] });
let here: World;
let there: World;

beforeAll(async () => {
  here = await world({ people: Object.fromEntries(names.map((name) => [name, { email: at(name) }])) });
  there = await world({ people: { hal: { email: at('hal') } } });
  for (const name of names) await visitor().settle(at(name));
});

/** A browser in which someone of `here` is signed in. */
async function signedIn(name: (typeof names)[number], chosen?: string) {
  const it = visitor();
  await it.signIn(at(name), chosen);
  await it.get('/account');
  return it;
}
const isIn = async (it: ReturnType<typeof visitor>) => (await it.get('/account')).status === 200;
const secretOf = (it: ReturnType<typeof visitor>) => it.cookies.get('postern_session') ?? '';

/** What the database says of the sessions of someone. */
const amend = (name: string, change: string) =>
  here.sql<{ hours: number }>(
    `update credential set ${change} where organization_id = $1 and person_id = $2 and kind = 'session' and revoked_at is null
    returning round(extract(epoch from expires_at - now()) / 3600)::int as hours`,
    [here.organization, here.uuid(name)],
  );

describe('a session', () => {
  test('is a cookie that scripts and other hosts can’t reach: __Host- and Secure but on this machine alone (security 12)', async () => {
    const cookie = async (it: ReturnType<typeof visitor>) => (await it.signIn(at('cy'))).headers.get('set-cookie');
    expect(await cookie(visitor())).toMatch(/^postern_session=session_\w+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await cookie(published.visitor('https://postern.test'))).toMatch(
      /^__Host-postern_session=session_\w+; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    );
  });

  test('opens no other door, and a key opens none of these (security 12)', async () => {
    const it = await signedIn('cy');
    await expect(postern.admit(secretOf(it))).rejects.toMatchObject({ code: 'unauthenticated' });
    it.cookies.set('postern_session', await here.key('cy'));
    expect(await isIn(it)).toBe(false);
  });

  test.each([
    ['idle for twelve hours', `expires_at = now() - interval '1 s'`],
    ['revoked', 'revoked_at = now()'],
  ])('that is %s is over', async (_title, change) => {
    const it = await signedIn('cy');
    await amend('cy', change);
    expect(await it.get('/account')).toMatchObject({ status: 303, to: '/sign-in?next=%2Faccount' });
  });

  test('goes on with each visit for twelve hours more, and no further than two weeks from when it was proven', async () => {
    const it = await signedIn('dee');
    const ends = async (proven: string) => {
      await amend(
        'dee',
        `proven_at = now() - interval '${proven}', expires_at = least(expires_at, now() + interval '1 min')`,
      );
      expect(await isIn(it)).toBe(true);
      // Of those that nobody visits, a minute is left.
      return Math.max(...(await amend('dee', 'name = name')).map(({ hours }) => hours));
    };
    expect(await ends('1 day')).toBe(12);
    expect(await ends('13 days 20 hours')).toBe(4);
  });

  test('has another secret once they have proven again who they are; the one before opens nothing (security 12)', async () => {
    const it = await signedIn('dee');
    const before = secretOf(it);
    await it.get('/prove');
    expect(await it.post('/prove', { password: 'wrong' })).toMatchObject({ status: 401 });
    expect(await it.post('/prove', { password, next: '/account' })).toMatchObject({ status: 303, to: '/account' });
    expect(await isIn(it)).toBe(true);
    it.cookies.set('postern_session', before);
    expect(await isIn(it)).toBe(false);
  });

  test('ends when they sign out, at every server (security 30)', async () => {
    const it = await signedIn('dee');
    const elsewhere = published.visitor('https://postern.test');
    elsewhere.cookies.set('__Host-postern_session', secretOf(it));
    expect((await elsewhere.get('/account')).status).toBe(200);
    expect(await it.post('/sign-out', {})).toMatchObject({ status: 303, to: '/sign-in' });
    expect(it.cookies.size).toBe(0);
    expect((await elsewhere.get('/account')).status).toBe(303);
  });

  test('ends with a password that is changed, but for the one that changed it (security 30)', async () => {
    const [one, other] = [await signedIn('eli'), await signedIn('eli')];
    const chosen = 'another gate that is shut';
    expect(await one.post('/account/password', { password: chosen, again: chosen })).toMatchObject({
      to: '/account?done=password',
    });
    expect(await isIn(one)).toBe(true);
    expect(await isIn(other)).toBe(false);
    expect((await visitor().signIn(at('eli'))).status).toBe(401);
    expect((await visitor().signIn(at('eli'), chosen)).status).toBe(303);
  });

  test('is of one organization; one in another of theirs is as old as the proof (ORG-11)', async () => {
    const it = visitor();
    expect(await it.signIn(at('hal'))).toMatchObject({ to: '/organizations?next=%2Faccount' });
    const before = secretOf(it);
    const at_ = (await postern.identity.visit(before))?.organization.id;
    const [home, other] = at_ === here.organization ? [here, there] : [there, here];
    await here.sql(
      `update credential set proven_at = now() - interval '1 day' where organization_id = $1 and kind = 'session'`,
      [home.organization],
    );
    await it.get('/organizations');
    expect(await it.post('/organizations', { organization: other.organization })).toMatchObject({ to: '/account' });
    expect(await postern.identity.visit(before)).toBeUndefined();
    expect(await postern.identity.visit(secretOf(it))).toMatchObject({
      organization: { id: other.organization },
      isRecent: false,
    });
    await it.get('/organizations');
    expect(await it.post('/organizations', { organization: here.uuid('cy') })).toMatchObject({ status: 403 });
  });

  test('of an organization that was deleted is over as long as it is (ORG-9)', async () => {
    const it = await signedIn('cy');
    await here.sql('update organization set deleted_at = now() where id = $1', [here.organization]);
    expect(await isIn(it)).toBe(false);
    await here.sql('update organization set deleted_at = null where id = $1', [here.organization]);
    expect(await isIn(it)).toBe(true);
  });

  test('of an organization that wants its provider is opened by nothing else (ORG-2)', async () => {
    const it = await signedIn('cy');
    const sso = `insert into sso (organization_id, protocol, issuer, required) values ($1, 'oidc', 'https://id.test', true)`;
    await here.sql(sso, [here.organization]);
    expect(await isIn(it)).toBe(false);
    expect((await visitor().signIn(at('cy'))).status).toBe(401);
    const hal = visitor();
    await hal.signIn(at('hal'));
    await hal.get('/organizations');
    expect(await hal.post('/organizations', { organization: here.organization })).toMatchObject({ status: 403 });
    await here.sql('delete from sso where organization_id = $1', [here.organization]);
    expect(await isIn(it)).toBe(true);
  });
});
