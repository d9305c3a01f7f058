import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type { Logger } from 'pino';
import { SMTPServer } from 'smtp-server';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { outdoorsFrom } from '../../src/cli/mail.ts';
import { readSettings } from '../../src/cli/settings.ts';
import { operations } from '../../src/workspace/operations.ts';
import { openOperator } from '../../src/workspace/operator.ts';
import { openPostern } from '../../src/workspace/postern.ts';
import { refused } from '../support/program.ts';
import { served, type World, world } from '../support/world.ts';

interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  readonly text: string;
}

const got: Mail[] = [];
let takesMail = true;
const smtp = new SMTPServer({
  authOptional: true,
  disabledCommands: ['STARTTLS'],
  onRcptTo: (_address, _session, done) => done(takesMail ? null : new Error('No such mailbox here')),
  async onData(stream, { envelope }, done) {
    const from = envelope.mailFrom ? envelope.mailFrom.address : '';
    got.push({ from, to: envelope.rcptTo.map(({ address }) => address), text: await text(stream) });
    done();
  },
});
smtp.listen(0, '127.0.0.1');
await once(smtp.server, 'listening');
const { port } = smtp.server.address() as AddressInfo;
afterAll(() => new Promise<void>((done) => smtp.close(() => done())));

const environment = {
  POSTERN_SMTP_URL: `smtp://127.0.0.1:${port}`,
  POSTERN_MAIL_FROM: 'Postern <post@postern.test>',
  POSTERN_PUBLIC_URL: 'https://postern.test/',
};
const logged: string[] = [];
const log = { error: (details: { err: Error }, message: string) => void logged.push(message, details.err.message) };
const outdoors = outdoorsFrom(readSettings(environment), log as unknown as Logger);
const postern = await openPostern({ app: served, outdoors });
afterAll(() => postern.close());

beforeEach(() => {
  got.length = 0;
  logged.length = 0;
  takesMail = true;
});

const admin = async (here: World) => postern.admit(await here.key('root'));
const invite = async (here: World, ...emails: string[]) =>
  (await (await admin(here)).perform(operations.invite_members, { emails })) as {
    outcomes: { id: string; mail?: string; link?: string }[];
  };
/** The link in a mail, whatever the lines were broken for. */
const linkIn = (mail: Mail | undefined) =>
  /https:\/\/postern\.test\/join#(invite_\w{84})/.exec(mail?.text.replaceAll('=\r\n', '') ?? '');

test('an invitation goes out by mail after the commit, and its link is in no answer (ORG-4, 004-9)', async () => {
  const here = await world({ people: { root: 'admin' } });
  const { outcomes } = await invite(here, 'one@x.test', 'two@x.test');
  expect(outcomes).toMatchObject([{ mail: 'sent' }, { mail: 'sent' }]);
  expect(got.map(({ from, to }) => [from, ...to]).sort()).toEqual([
    ['post@postern.test', 'one@x.test'],
    ['post@postern.test', 'two@x.test'],
  ]);
  const mail = got.find(({ to }) => to.includes('one@x.test'));
  expect(mail?.text).toMatch(/Subject: You are invited to Acme/);
  expect(mail?.text).toMatch(/root \(root@acme\.test\) invites you to Acme/);
  const [, secret = ''] = linkIn(mail) ?? [];
  expect(JSON.stringify(outcomes)).not.toContain(secret.slice(-32));

  const operator = await openOperator(here.connection);
  expect(await operator.accept({ secret, name: 'One' })).toMatchObject({ email: 'one@x.test' });
  await operator.close();
});

test('a mail that no server takes is told in the answer and in the log; the invitation stays, and is sent again (ORG-4, 004-11)', async () => {
  const here = await world({ people: { root: 'admin' } });
  takesMail = false;
  const { outcomes } = await invite(here, 'lost@x.test');
  expect(outcomes[0]).toMatchObject({ status: 'pending', mail: expect.stringMatching(/^failed/) });
  expect(outcomes[0]).not.toHaveProperty('link');
  expect(logged).toEqual(['A mail could not be sent.', expect.stringContaining('No such mailbox here')]);
  takesMail = true;
  const session = await admin(here);
  const again = await session.perform(operations.update_invitation, { id: outcomes[0]?.id, do: 'resend' });
  expect(again).toMatchObject({ mail: 'sent' });
  expect(linkIn(got[0])).not.toBeNull();
});

test('a preview sends nothing, and neither does what is refused (EXT-8)', async () => {
  const here = await world({ people: { root: 'admin', ada: 'member' } });
  const session = await admin(here);
  const wish = { emails: ['boss@x.test'], role: 'admin' };
  const { confirm } = await session.perform(operations.invite_members, wish);
  const ada = await postern.admit(await here.key('ada'));
  await expect(ada.perform(operations.invite_members, { emails: ['x@x.test'] })).rejects.toMatchObject({
    code: 'permission_denied',
  });
  expect(got).toEqual([]);
  await session.perform(operations.invite_members, wish, { confirm: confirm as string });
  expect(got).toHaveLength(1);
});

test.each`
  settings                                                                   | says
  ${{ POSTERN_SMTP_URL: 'smtp://mail.test' }}                                | ${/^POSTERN_SMTP_URL is set and POSTERN_MAIL_FROM is not/}
  ${{ POSTERN_MAIL_FROM: 'a@b.test' }}                                       | ${/^POSTERN_MAIL_FROM is set and POSTERN_SMTP_URL is not/}
  ${{ POSTERN_SMTP_URL: 'http://mail.test', POSTERN_MAIL_FROM: 'a@b.test' }} | ${/^POSTERN_SMTP_URL is not right/}
  ${{ POSTERN_PUBLIC_URL: 'postern.test' }}                                  | ${/^POSTERN_PUBLIC_URL is not right/}
`('$settings is refused at the start', async ({ settings, says }) => {
  expect(await refused(['start'], settings)).toEqual({ code: 1, says: expect.stringMatching(says) });
});
