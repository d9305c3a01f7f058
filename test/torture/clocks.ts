import { fileURLToPath } from 'node:url';
import { follow } from '../support/following.ts';
import { visitorAt } from '../support/visitor.ts';
import { at, byMcp, byRest, type Caller, Refused } from './caller.ts';
import { type Standing, until } from './installation.ts';
import { visitorOf } from './visitors.ts';

const day = 86_400_000;
const preload = `--import=${fileURLToPath(new URL('./shifted-clock.ts', import.meta.url))}`;

/** The settings of a server whose clock is so many days ahead, or behind. */
export const shifted = (days: number) => ({ NODE_OPTIONS: preload, SHIFT_MS: String(days * day) });

/**
 * Two servers on one database, one three days ahead and one three behind: what ends, ends by the database's clock on both, and what one
 * has begun the other goes on with, sessions of people too (DEC-4). Answers what was otherwise.
 */
export async function clocks({ here, server: ahead }: Standing) {
  const wrong: string[] = [];
  const expected = (what: string, is: unknown, should: unknown) => {
    if (is !== should) wrong.push(`${what}: ${is}, not ${should}`);
  };
  const behind = await here.serve({ ...here.own, ...shifted(-3) });
  const servers = { ahead, behind };
  const over = Object.entries(servers).map(([name, server]) => {
    const other = name === 'ahead' ? behind : ahead;
    return { name, service: at(server.address), next: at(other.address) };
  });
  const id = here.world.id('plans');

  for (const { name, service, next } of over) {
    const [ada, bo] = [here.keys.ada as string, here.keys.bo as string];
    const call = byRest(service, ada);
    expected(
      `${name}: a key that ended`,
      await codeOf(byRest(service, await keyEnding(here, -day)), 'whoami'),
      'unauthenticated',
    );
    expected(
      `${name}: a key that has an hour`,
      await codeOf(byRest(service, await keyEnding(here, day / 24)), 'whoami'),
      'done',
    );
    expected(
      `${name}: an end that is over`,
      await codeOf(call, 'share_resource', sharing(id, -60_000)),
      'invalid_argument',
    );
    expected(
      `${name}: an end in an hour`,
      await codeOf(call, 'share_resource', { ...sharing(id, day / 24), with: 'person:bo@acme.test', role: 'viewer' }),
      'done',
    );

    const args = { id, visibility: name === 'ahead' ? 'everyone' : 'shared' };
    const { confirm } = await call('set_visibility', args);
    expected(
      `${name}: its token, on the other`,
      await codeOf(byRest(next, ada), 'set_visibility', args, { confirm }),
      'done',
    );

    const key = `from ${name}`;
    const once = await call('create_workflow', { name: key, document: {} }, { key });
    const again = await byRest(next, ada)('create_workflow', { name: key, document: {} }, { key });
    expected(`${name}: a call that is repeated on the other`, again.id, once.id);

    const browser = await visitorOf(here, service, 'cy');
    expected(`${name}: a session that was begun there`, (await browser.get('/account')).status, 200);
    const elsewhere = visitorAt(next.fetch, undefined, browser.cookies);
    expected(`${name}: the same session on the other`, (await elsewhere.get('/account')).status, 200);
    const made = await elsewhere.post('/account/keys', { name, scope: 'read', days: '1' });
    expected(`${name}: a proof of just now, on the other`, made.status, 200);
    const [, secret = ''] = /(postern_[0-9a-z]{84})/.exec(made.text) ?? [];
    expected(`${name}: the key that it made, for a day`, await codeOf(byRest(service, secret), 'whoami'), 'done');
    await elsewhere.post('/sign-out', {});
    expected(
      `${name}: a session that ended on the other`,
      (await browser.get('/account')).to?.split('?')[0],
      '/sign-in',
    );

    const short = await keyEnding(here, 1_500, 'bo');
    const listener = await byMcp(service, short);
    const { closed } = await follow(listener.client, '2026', [`postern://workflow/${id}`]);
    await call('share_resource', { ...sharing(once.id, 2_000), with: 'person:bo@acme.test' });
    expected(
      `${name}: a grant that holds`,
      await codeOf(byRest(service, bo), 'open_workflow', { id: once.id }),
      'done',
    );
    await until(
      'the grant ends',
      async () => (await codeOf(byRest(service, bo), 'open_workflow', { id: once.id })) === 'not_found',
    );
    expected(
      `${name}: the same on the other`,
      await codeOf(byRest(next, bo), 'open_workflow', { id: once.id }),
      'not_found',
    );
    await closed;
    expected(`${name}: a key that ended meanwhile`, await codeOf(byRest(service, short), 'whoami'), 'unauthenticated');
    await listener.close().catch(() => {});
  }
  return { wrong, code: (await behind.end()).code };
}

const sharing = (id: string, ms: number) => ({
  id,
  with: 'person:bo@acme.test',
  role: 'viewer',
  expires_at: new Date(Date.now() + ms).toISOString(),
});

const codeOf = (call: Caller, ...rest: Parameters<Caller>): Promise<string> =>
  call(...rest).then(
    () => 'done',
    (thrown) => {
      if (thrown instanceof Refused) return thrown.code;
      throw thrown;
    },
  );

async function keyEnding({ entered, world }: Standing['here'], ms: number, who = 'ada'): Promise<string> {
  const sql = await entered();
  const { secret } = await world.credential(who, { expiresAt: new Date(Date.now() + ms) }, sql);
  await sql.end();
  return secret;
}
