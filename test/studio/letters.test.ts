import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { outdoorsFrom } from '../../src/cli/mail.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { operations } from '../../src/workspace/operations.ts';
import { password, premisesFor } from '../support/studio.ts';
import { type World, world } from '../support/world.ts';

/** The mail server of whoever is written to. */
const letters: { to: string; link: string }[] = [];
const came: (() => void)[] = [];
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  async onData(stream, { envelope }, done) {
    const body = (await text(stream)).replaceAll('=\r\n', '').replaceAll('=3D', '=');
    const link = /https?:\S+#\S+/.exec(body)?.[0] ?? '';
    for (const { address } of envelope.rcptTo) letters.push({ to: address, link });
    done();
    came.shift()?.();
  },
});
smtp.listen(0, '127.0.0.1');
await once(smtp.server, 'listening');
afterAll(() => new Promise<void>((done) => smtp.close(() => done())));

const outdoors = outdoorsFrom(
  readSettings({
    POSTERN_SMTP_URL: `smtp://127.0.0.1:${(smtp.server.address() as AddressInfo).port}`,
    POSTERN_MAIL_FROM: 'post@postern.test',
    POSTERN_PUBLIC_URL: 'http://localhost',
  }),
  { error: () => {} } as unknown as Logger,
);
const { visitor, postern } = await premisesFor({ outdoors });
const at = (name: string) => `${name}@letters.test`;
let here: World;
let there: World;

beforeAll(async () => {
  here = await world({ people: { ada: { role: 'admin', email: at('ada') }, bo: { email: at('bo') } } });
  there = await world({ people: { zed: { role: 'admin', email: at('zed') } } });
});

/** The next letter that comes, once `what` is done. */
async function letterAfter(what: () => Promise<unknown>) {
  const arrival = new Promise<void>((heard) => came.push(heard));
  await what();
  await arrival;
  return letters.at(-1) as (typeof letters)[number];
}

const invite = async (from: World, who: string, email: string) => {
  const session = await postern.admit(await from.key(who));
  return (await letterAfter(() => session.perform(operations.invite_members, { emails: [email] }))).link;
};

describe('a forgotten password', () => {
  test('is set anew by a link that is mailed to whoever has that email, and ends all their sessions', async () => {
    const before = visitor();
    await before.settle(at('bo'));
    const it = visitor();
    const { to, link } = await letterAfter(() => it.post('/forgot-password', { email: at('BO').toLowerCase() }));
    expect(to).toBe(at('bo'));
    expect(link).toMatch(/^http:\/\/localhost\/set-password#link_\w+$/);
    const chosen = 'a new gate, better shut';
    expect(await it.post('/set-password', { secret: link, password: chosen, again: chosen })).toMatchObject({
      to: '/account',
    });
    expect((await before.get('/account')).status).toBe(303);
    expect((await visitor().signIn(at('bo'))).status).toBe(401);
    expect((await visitor().signIn(at('bo'), chosen)).status).toBe(303);
    expect((await visitor().post('/set-password', { secret: link, password, again: password })).status).toBe(400);
  });

  test('is answered alike where nobody has that email, and no letter goes out', async () => {
    const said = async (email: string) => {
      const { status, text: page } = await visitor().post('/forgot-password', { email });
      return { status, page: page.replaceAll(email, 'EMAIL') };
    };
    const count = letters.length;
    const unknown = await said('nobody@letters.test');
    await letterAfter(async () => expect(await said(at('bo'))).toEqual(unknown));
    expect(letters.slice(count).map(({ to }) => to)).toEqual([at('bo')]);
  });

  test('has four letters in a quarter of an hour, and only the last of their links serves', async () => {
    const sent = [];
    for (let i = 0; i < 4; i++)
      sent.push(await letterAfter(() => visitor().post('/forgot-password', { email: at('ada') })));
    expect((await visitor().post('/forgot-password', { email: at('ada') })).status).toBe(429);
    const serves = async ({ link }: { link: string }) =>
      (await visitor().post('/set-password', { secret: link })).status;
    expect(await Promise.all(sent.map(serves))).toEqual([400, 400, 400, 200]);
  });
});

describe('an invitation', () => {
  test('lets in whoever has no account yet, with a name and a password that they choose (ORG-4)', async () => {
    const link = await invite(here, 'ada', at('new'));
    const it = visitor();
    expect((await it.post('/join', { secret: link })).text).toContain(`ada invites ${at('new')}, as member.`);
    const wish = { secret: link, step: 'accept', name: 'Nele', password, again: password };
    expect(await it.post('/join', wish)).toMatchObject({ to: '/account' });
    expect((await it.get('/account')).text).toContain('Nele');
    expect(await visitor().post('/join', wish)).toMatchObject({ status: 400 });
  });

  test('takes signing in by the invited email where that has an account, and no one else’s session will do (ORG-11)', async () => {
    const link = await invite(there, 'zed', at('new'));
    const wish = { secret: link, step: 'accept', name: 'Thief', password, again: password };
    const thief = visitor();
    expect((await thief.post('/join', wish)).text).toContain('This email has an account already');
    await thief.settle(at('zed'));
    await thief.get('/account');
    expect((await thief.post('/join', wish)).text).toContain('This email has an account already');

    const it = visitor();
    await it.signIn(at('new'));
    expect((await it.post('/join', { secret: link })).text).toContain('Join as Nele');
    expect(await it.post('/join', { secret: link, step: 'accept', csrf: '' })).toMatchObject({ status: 403 });
    await it.get('/account');
    expect(await it.post('/join', { secret: link, step: 'accept' })).toMatchObject({ to: '/account' });
    expect(await postern.identity.visit(it.cookies.get('postern_session') ?? '')).toMatchObject({
      organization: { id: there.organization },
      email: at('new'),
    });
  });
});

test('of two who come in at once by invitations for one email, one has the account; the other signs in first (ORG-11)', async () => {
  const links = [await invite(here, 'ada', at('two')), await invite(there, 'zed', at('two'))];
  const join = (secret: string) =>
    visitor().post('/join', { secret, step: 'accept', name: 'Two', password, again: password });
  const answers = await Promise.all(links.map(join));
  expect(answers.map(({ to }) => to).sort()).toEqual(['/account', '/sign-in']);
});

test('an account whose email nobody has proven speaks for whom it came in as alone, until a link proves it (ORG-11)', async () => {
  const organizations = async () => {
    const it = visitor();
    const { to } = await it.signIn(at('kim'));
    return to;
  };
  const link = await invite(here, 'ada', at('kim'));
  await world({ people: { kim: { email: at('kim') } } });
  await visitor().post('/join', { secret: link, step: 'accept', name: 'Kim', password, again: password });
  expect(await organizations()).toBe('/account');
  await here.sql(
    `insert into passkey (account_id, id, public_key, counter, transports, name) select id, 'kims', '', 0, '{}', 'kims' from account where email = $1`,
    [at('kim')],
  );
  await visitor().settle(at('kim'));
  expect(await organizations()).toBe('/organizations?next=%2Faccount');
  expect(await here.sql(`select from passkey where id = 'kims'`)).toEqual([]);
});
