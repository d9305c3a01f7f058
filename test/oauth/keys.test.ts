import { beforeAll, expect, test } from 'vitest';
import { openOperator } from '../../src/workspace/operator.ts';
import { letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { payloadOf, type Signing, signingOf } from '../support/signing.ts';
import { type Visiting, visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({ people: { ada: 'member' } });
const another = () => serviceIn(here, {}, { address: 'http://localhost' });
type Server = Awaited<ReturnType<typeof another>>;
const three = (await Promise.all([1, 2, 3].map(another))) as [Server, Server, Server];
const ada = await visiting(three[0], here, 'ada');

const kidOf = (token: string): string => JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
const kidsAt = async (server: Server): Promise<string[]> => {
  const response = await server.fetch(new Request('http://localhost/oauth/keys'));
  return ((await response.json()) as { keys: { kid: string; d?: string }[] }).keys.map(({ kid }) => kid);
};
const at = (server: Server, token: string) => rawly(server, token)('GET /me').then(({ status }) => status);
const everywhere = (token: string, servers: readonly Server[] = three) =>
  Promise.all(servers.map((it) => at(it, token)));
const age = (interval: string) => here.sql('update token_key set created_at = created_at - $1::interval', [interval]);
const kept = async () =>
  (await here.sql<{ id: string }>('select id from token_key order by created_at desc')).map(({ id }) => id);

let first: Awaited<ReturnType<typeof letIn>>;
let old: Signing;
let second: string;
beforeAll(async () => {
  first = await letIn(three[0], ada);
  old = await signingOf(three[0]);
  expect(await everywhere(first.access)).toEqual([200, 200, 200]);
});

test('after ninety days another key signs, the same on all servers, and what the one before signed is good as long as it lasts', async () => {
  await age('91 days');
  const people: Visiting[] = [];
  for (const server of three) people.push(await visiting(server, here, 'ada'));
  const all = await Promise.all(three.map((server, i) => letIn(server, people[i] as Visiting)));
  const [kid = '', ...others] = new Set(all.map(({ access }) => kidOf(access)));
  expect(others).toEqual([]);
  expect(kid).not.toBe(old.kid);
  for (const { access } of [first, ...all]) expect(await everywhere(access)).toEqual([200, 200, 200]);
  for (const server of three) expect(await kidsAt(server)).toEqual([kid, old.kid]);
  second = kid;
});

test('an hour later the key before proves nothing more, and with the next one it is gone', async () => {
  await age('61 minutes');
  const later = await another();
  const forged = await old.signed({ ...payloadOf(first.access), exp: Math.floor(Date.now() / 1000) + 600 });
  expect(await at(later, forged)).toBe(401);
  expect(await kidsAt(later)).toEqual([second]);
  await age('91 days');
  const { body } = await first.client.refresh(first.id, first.refresh);
  expect(await everywhere(body.access_token)).toEqual([200, 200, 200]);
  expect(await kept()).toEqual([kidOf(body.access_token), second]);
});

test('an operator takes all keys away: what they signed is refused at once on every server, and clients renew by themselves', async () => {
  const { client, id, access, refresh } = await letIn(three[0], ada);
  expect(await everywhere(access)).toEqual([200, 200, 200]);
  const operator = await openOperator(here.connection);
  const before = await kept();
  expect(await operator.rotateTokenKeys()).toBe(before.length);
  await operator.close();
  expect(await everywhere(access)).toEqual([401, 401, 401]);
  const { body } = await client.refresh(id, refresh);
  expect(await everywhere(body.access_token)).toEqual([200, 200, 200]);
  expect(await kept()).toEqual([kidOf(body.access_token)]);
  expect(before).not.toContain(kidOf(body.access_token));
  const entries = await here.sql(
    `select surface, after from activity where organization_id = $1 and action = 'tokens.rotate'`,
    [here.organization],
  );
  expect(entries).toEqual([{ surface: 'operator', after: { keys: before.length } }]);
});
