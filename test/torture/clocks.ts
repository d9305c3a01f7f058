import { fileURLToPath } from 'node:url';
import type { Service } from '../support/agent.ts';
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
  const behind = await here.serve({ ...here.own, ...shifted(-3) });
  const [one, two] = [at(ahead.address), at(behind.address)];
  const wrong = await Promise.all([
    over({ here, service: one, next: two, who: 'cy' }),
    over({ here, service: two, next: one, who: 'di' }),
  ]);
  return { wrong: wrong.flat(), code: (await behind.end()).code };
}

interface Clock {
  readonly here: Standing['here'];
  readonly service: Service;
  /** The server whose clock is wrong the other way. */
  readonly next: Service;
  readonly who: string;
}

async function over(clock: Clock): Promise<string[]> {
  const all = { ...(await begun(clock)), ...(await visited(clock)), ...(await ending(clock)) };
  return Object.entries(all).flatMap(([what, [is, should]]) =>
    is === should ? [] : `over ${clock.who}: ${what}: ${is}, not ${should}`,
  );
}

/** By name, what is and what should be. */
type Seen = Record<string, readonly [unknown, unknown]>;

/** What one server has begun, the other goes on with; and what ends is told from what does not. */
async function begun({ here, service, next, who }: Clock): Promise<Seen> {
  const secret = here.keys[who] as string;
  const [call, byNext] = [byRest(service, secret), byRest(next, secret)];
  const made = { name: `Made by ${who}`, document: {} };
  const { id } = await call('create_workflow', made, { key: who });
  const args = { id, visibility: 'shared' };
  const { confirm } = await call('set_visibility', args);
  return {
    'a call that is repeated on the other': [(await byNext('create_workflow', made, { key: who })).id, id],
    'its token, on the other': [await codeOf(byNext, 'set_visibility', args, { confirm }), 'done'],
    'a key that ended': [await codeOf(byRest(service, await keyEnding(here, -day)), 'whoami'), 'unauthenticated'],
    'a key that has an hour': [await codeOf(byRest(service, await keyEnding(here, day / 24)), 'whoami'), 'done'],
    'an end that is over': [await codeOf(call, 'share_resource', sharing(id, -60_000)), 'invalid_argument'],
    'an end in an hour': [await codeOf(call, 'share_resource', sharing(id, day / 24)), 'done'],
  };
}

/** A person's session, proof and key hold on both, and end on both. */
async function visited({ here, service, next, who }: Clock): Promise<Seen> {
  const browser = await visitorOf(here, service, who);
  const elsewhere = visitorAt(next.fetch, undefined, browser.cookies);
  const statuses = [await browser.get('/account'), await elsewhere.get('/account')].map(({ status }) => status);
  const made = await elsewhere.post('/account/keys', { name: who, scope: 'read', days: '1' });
  const [secret = ''] = /postern_[0-9a-z]{84}/.exec(made.text) ?? [];
  const key = await codeOf(byRest(service, secret), 'whoami');
  await elsewhere.post('/sign-out', {});
  return {
    'a session that was begun there': [statuses[0], 200],
    'the same on the other': [statuses[1], 200],
    'a proof of just now, on the other': [made.status, 200],
    'the key that it made, for a day': [key, 'done'],
    'a session that ended on the other': [(await browser.get('/account')).to?.split('?')[0], '/sign-in'],
  };
}

/** A grant and a key that end while they are in use, and the stream of that key. */
async function ending({ here, service, next, who }: Clock): Promise<Seen> {
  const bo = here.keys.bo as string;
  const call = byRest(service, here.keys[who] as string);
  const opened = (by: Service, id: string) => codeOf(byRest(by, bo), 'open_workflow', { id });
  const { id } = await call('create_workflow', { name: `Lent by ${who}`, document: {} });
  await call('share_resource', sharing(id, 2_000));
  const holds = await opened(service, id);
  const short = await keyEnding(here, 1_500, 'bo');
  const listener = await byMcp(service, short);
  const { closed } = await follow(listener.client, '2026', [`postern://workflow/${id}`]);
  await until('the grant ends', async () => (await opened(service, id)) === 'not_found');
  await closed;
  const seen: Seen = {
    'a grant that holds': [holds, 'done'],
    'the same once it has ended, on the other': [await opened(next, id), 'not_found'],
    'a key that ended meanwhile': [await codeOf(byRest(service, short), 'whoami'), 'unauthenticated'],
  };
  await listener.close().catch(() => {});
  return seen;
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
