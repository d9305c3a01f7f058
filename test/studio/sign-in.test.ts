import { beforeAll, describe, expect, test } from 'vitest';
import { operations } from '../../src/workspace/operations.ts';
import { hashed, isPassword } from '../../src/workspace/passwords.ts';
import { atWrongTime } from '../support/clock.ts';
import { linkFor, password, premisesFor } from '../support/studio.ts';
import { type World, world } from '../support/world.ts';

const at = (name: string) => `${name}@signin.test`;
const names = ['ada', 'bo', 'fay', 'gus'] as const;

const { visitor, service, postern } = await premisesFor();
/** The same on TLS, as its address says. */
const published = await premisesFor({ outdoors: { address: 'https://postern.test' }, allowedHosts: ['postern.test'] });
let here: World;

beforeAll(async () => {
  const people = Object.fromEntries(names.map((name) => [name, { email: at(name) }]));
  here = await world({ people: { ...people, root: 'admin' } });
  await visitor().settle(at('ada'));
});

/** What was counted is over, by the database's clock. */
const quarterPasses = () => here.sql('update sign_in_attempts set expire = expire - 900000');

describe('a password', () => {
  test('is chosen by a link that serves once, and opens a session (ORG-11)', async () => {
    const link = await linkFor(at('ada'));
    expect((await visitor().post('/set-password', { secret: link })).text).toContain(`For ${at('ada')}.`);
    const chosen = { secret: link, password, again: password };
    const both = [visitor(), visitor()] as const;
    const answers = await Promise.all(both.map((who) => who.post('/set-password', chosen)));
    expect(answers.map(({ to, status }) => to ?? status).sort()).toEqual(['/account', 400].sort());
    const it = both[answers.findIndex(({ to }) => to !== null)] as (typeof both)[0];
    expect((await it.get('/account')).text).toContain(at('ada'));
    expect(await visitor().post('/set-password', chosen)).toMatchObject({ status: 400 });
    expect(await visitor().signIn(at('ada'))).toMatchObject({ status: 303, to: '/account' });
  });

  test('is not chosen by a link that is over, nor by one that is wrong in a letter', async () => {
    const link = await linkFor(at('bo'));
    const wrong = link.replace(/.$/, (it) => (it === '0' ? '1' : '0'));
    expect((await visitor().post('/set-password', { secret: link })).status).toBe(200);
    expect((await visitor().post('/set-password', { secret: wrong })).status).toBe(400);
    await here.sql(`update sign_in_link set expires_at = now() - interval '1 s' where used_at is null`);
    for (const chosen of [{}, { password, again: password }])
      expect((await visitor().post('/set-password', { secret: link, ...chosen })).status).toBe(400);
  });

  test('is kept as argon2id at the cost that OWASP names', async () => {
    const [row] = await here.sql<{ kept: string }>('select password_hash as kept from account where email = $1', [
      at('ada'),
    ]);
    expect(row?.kept).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test('that is short is refused, and the link still serves', async () => {
    const secret = await linkFor(at('bo'));
    const choose = (chosen: string) => visitor().post('/set-password', { secret, password: chosen, again: chosen });
    expect(await choose('short')).toMatchObject({ status: 400 });
    expect(await choose(password)).toMatchObject({ status: 303 });
  });

  test('that is wrong and an email that nobody has get the same answer, on the same ticks (security 12)', async () => {
    const said = async (email: string) => {
      const since = performance.now();
      const { status, text } = await visitor().signIn(email, 'not the right one at all');
      return { page: { status, text: text.replaceAll(email, 'EMAIL') }, took: performance.now() - since };
    };
    const [wrong, unknown] = [await said(at('ada')), await said(at('nobody'))];
    expect(wrong.page).toEqual(unknown.page);
    expect(wrong.page.status).toBe(401);
    for (const { took } of [wrong, unknown]) expect(took).toBeGreaterThan(240);
  });

  test('that is wrong takes the same work as one of an account that is not there (security 12)', async () => {
    const kept = await hashed(password);
    const work = async (known: string | undefined) => {
      const before = process.cpuUsage();
      expect(await isPassword('not the right one at all', known)).toBe(false);
      const { user, system } = process.cpuUsage(before);
      return user + system;
    };
    const least = async (known?: string) => Math.min(await work(known), await work(known), await work(known));
    expect(await least()).toBeGreaterThan((await least(kept)) / 2);
  });

  test('is tried ten times in a quarter of an hour from one address, at whichever server (security 12)', async () => {
    const inside = visitor();
    await inside.settle(at('gus'));
    await inside.get('/prove');
    const tries = Array.from({ length: 10 }, (_, i) => (i % 2 ? visitor() : published.visitor('https://postern.test')));
    for (const it of tries) expect((await it.signIn(at('gus'), 'wrong')).status).toBe(401);
    expect(await inside.post('/prove', { password }), 'where they prove again who they are').toMatchObject({
      status: 429,
    });
    const refused = await visitor().signIn(at('gus'));
    expect(refused).toMatchObject({ status: 429, text: expect.stringContaining('too many attempts') });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
    expect(await visitor().signIn(at('nobody-else'), 'wrong')).toMatchObject({ status: 401 });
    expect(await visitor().signIn(at('gus'), 'wrong', '192.0.2.1')).toMatchObject({ status: 401 });
    await quarterPasses();
    expect(await visitor().signIn(at('gus'), 'wrong')).toMatchObject({ status: 401 });
  });

  test('is guessed at a hundred times from everywhere, but no stranger locks it where its person has been (security 12)', async () => {
    const [home, abroad] = ['198.51.100.1', '198.51.100.2'];
    expect(await visitor().signIn(at('ada'), password, home)).toMatchObject({ status: 303 });
    // As ninety-nine guesses from as many addresses would leave it.
    await here.sql(`update sign_in_attempts set points = 99 where key like 'account:%'`);
    expect(await visitor().signIn(at('ada'), 'wrong', abroad)).toMatchObject({ status: 401 });
    expect(await visitor().signIn(at('ada'), password, abroad)).toMatchObject({ status: 429 });
    expect(await visitor().signIn(at('ada'), password, home)).toMatchObject({ status: 303 });
    for (let i = 0; i < 10; i++) expect((await visitor().signIn(at('ada'), 'wrong', home)).status).toBe(401);
    expect(await visitor().signIn(at('ada'), password, home)).toMatchObject({ status: 429 });
    await quarterPasses();
    expect(await visitor().signIn(at('ada'), password, abroad)).toMatchObject({ status: 303 });
  });

  test('is counted by the database’s clock, whatever that of a server says (security 12)', async () => {
    for (let i = 0; i < 10; i++) expect((await visitor().signIn(at('bo'), 'wrong', '203.0.113.1')).status).toBe(401);
    for (const ms of [-86_400_000, 86_400_000])
      expect(await atWrongTime(ms, () => visitor().signIn(at('bo'), password, '203.0.113.1'))).toMatchObject({
        status: 429,
      });
  });

  test('is guessed at from one address a hundred times, whoever is guessed at (security 12)', async () => {
    const from = { incoming: { socket: { remoteAddress: '192.0.2.7' } } } as never;
    const guess = async (path: string, fields: Record<string, string> = {}) => {
      const asked = { method: 'POST', body: new URLSearchParams(fields), headers: { 'sec-fetch-site': 'same-origin' } };
      return (await service.fetch(new Request(`http://localhost${path}`, asked), from)).status;
    };
    for (let i = 0; i < 100; i++) expect(await guess('/sign-in/passkey/options')).toBe(200);
    expect(await guess('/sign-in/passkey/options')).toBe(429);
    const admin = await postern.admit(await here.key('root'));
    const { outcomes } = await admin.perform(operations.invite_members, { emails: [at('new')] });
    const [{ link: secret }] = outcomes as [{ link: string }];
    expect(await guess('/sign-in')).toBe(429);
    expect(await guess('/forgot-password', { email: at('ada') })).toBe(429);
    expect(await guess('/join', { secret, step: 'accept', name: 'New', password, again: password })).toBe(429);
  });
});

test('whoever is suspended gets in by no way, and gets no link (ORG-12)', async () => {
  const it = visitor();
  await it.settle(at('fay'));
  await here.sql(`update person set status = 'suspended' where organization_id = $1 and id = $2`, [
    here.organization,
    here.uuid('fay'),
  ]);
  expect((await it.get('/account')).status).toBe(303);
  expect((await visitor().signIn(at('fay'))).status).toBe(401);
  await expect(linkFor(at('fay'))).rejects.toMatchObject({ code: 'not_found' });
});

test('the log tells of signing in, of what failed, and of the operator’s links (ACT-1)', async () => {
  const rows = await here.sql(
    `select distinct action, outcome, surface from activity where organization_id = $1 and surface <> 'external' order by 1, 2`,
    [here.organization],
  );
  expect(rows).toEqual([
    { action: 'link.create', outcome: 'allow', surface: 'operator' },
    { action: 'password.change', outcome: 'allow', surface: 'studio' },
    { action: 'session.create', outcome: 'allow', surface: 'studio' },
    { action: 'session.create', outcome: 'deny', surface: 'studio' },
  ]);
});
