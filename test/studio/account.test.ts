import { beforeAll, describe, expect, test } from 'vitest';
import { outside } from '../../src/terms/ids.ts';
import { office } from '../support/office.ts';
import { premisesFor } from '../support/studio.ts';

const at = (name: string) => `${name}@account.test`;
const { visitor } = await premisesFor();
/** Another server on the same database. */
const { postern: elsewhere } = await premisesFor();
let here: Awaited<ReturnType<typeof office>>;

beforeAll(async () => {
  here = await office({
    people: { ada: { email: at('ada') }, bo: { email: at('bo') } },
    workspaces: { growth: { ada: 'owner' } },
  });
});

async function signedIn(name: string) {
  const it = visitor();
  await it.settle(at(name));
  await it.get('/account');
  return it;
}

/** The id that the page would end, by what it is called. */
const idOf = (text: string, name: string) =>
  new RegExp(`value="(key_\\w+)" aria-label="End ${name}"`).exec(text)?.[1] ?? '';
const people = { query: 'toolsets=people' };
const refused = expect.objectContaining({ code: 'unauthenticated' });

describe('the account page', () => {
  test('shows what speaks for one, and of nobody else (EXT-4)', async () => {
    await here.credential('ada', { name: 'laptop', scopes: ['read', 'request'] });
    await here.credential('bo', { name: 'key of bo' });
    await here.credential('ada', { name: 'lost long ago', revokedAt: new Date() });
    const { text } = await (await signedIn('ada')).get('/account');
    expect(text).toMatch(/laptop<\/b><span class="tag">Key<\/span>\s*<small>Read, Ask/);
    expect(text).toMatch(/<span class="tag">This session<\/span>/);
    expect(text).not.toContain('key of bo');
    expect(text).not.toContain('lost long ago');
  });

  test('ends a key, whose next call is refused at every server (security 30)', async () => {
    const key = await here.key('ada', { name: 'phone' });
    await elsewhere.admit(key);
    const it = await signedIn('ada');
    const { text } = await it.get('/account');
    expect(await it.post('/account/connections/end', { id: idOf(text, 'phone') })).toMatchObject({
      to: '/account?done=ended',
    });
    await expect(elsewhere.admit(key)).rejects.toEqual(refused);
  });

  test('ends nothing of another’s', async () => {
    const { id } = await here.credential('bo', { name: 'mine' });
    const it = await signedIn('ada');
    const { status, text } = await it.post('/account/connections/end', { id: outside('credential', id) });
    expect(status).toBe(400);
    expect(text).toContain('You have no connection');
    expect(await here.sql('select revoked_at from credential where id = $1', [id])).toEqual([{ revoked_at: null }]);
  });

  test('signs out whoever ends the session that they are in', async () => {
    const it = await signedIn('ada');
    const current = /This session[\s\S]*?value="(key_\w+)"/.exec((await it.get('/account')).text)?.[1] ?? '';
    expect(await it.post('/account/connections/end', { id: current })).toMatchObject({ to: '/sign-in' });
    expect(it.cookies.size).toBe(0);
  });

  test('makes a key of what is ticked, shown once; for that, a password or a passkey, whoever’s proof is ten minutes old proves first (EXT-4) (security 12)', async () => {
    const it = await signedIn('ada');
    const wish = { name: 'Assistant', scope: ['read'], days: '7' };
    await here.sql(
      `update credential set proven_at = now() - interval '11 minutes' where organization_id = $1 and kind = 'session'`,
      [here.organization],
    );
    const others = {
      '/account/password': { password: 'never to be set', again: 'never to be set' },
      '/account/passkeys/remove': { id: 'any' },
    };
    for (const [path, fields] of Object.entries({ '/account/keys': wish, ...others }))
      expect(await it.post(path, fields), path).toMatchObject({ to: '/prove?next=%2Faccount' });
    const passkey = await it.script('/account/passkeys/options');
    expect(JSON.parse(passkey.text)).toEqual({ next: '/prove?next=/account' });
    await it.get('/prove');
    await it.post('/prove', { password: 'a gate that stands ajar', next: '/account' });
    await it.get('/account');
    const made = await it.post('/account/keys', wish);
    const key = /postern_\w{84}/.exec(made.text)?.[0] ?? '';
    expect(made.headers.get('cache-control')).toBe('no-store');
    expect(await elsewhere.admit(key)).toMatchObject({ credential: { name: 'Assistant', scopes: ['read'] } });
    expect((await it.get('/account')).text).not.toContain('postern_');
    const [row] = await here.sql<{ days: number }>(
      `select round(extract(epoch from expires_at - created_at) / 86400)::int as days from credential
       where organization_id = $1 and name = 'Assistant'`,
      [here.organization],
    );
    expect(row?.days).toBe(7);
    const [entry] = await here.sql(
      `select surface, noun, after ->> 'name' as name from activity where organization_id = $1 and action = 'key.create'`,
      [here.organization],
    );
    expect(entry).toEqual({ surface: 'studio', noun: 'credential', name: 'Assistant' });
  });
});

describe('the tools', () => {
  test('list one’s own connections, newest first, a page at a time, and say which one asks', async () => {
    for (const name of ['one', 'two', 'three']) await here.credential('bo', { name, scopes: ['read'] });
    const bo = here.as('bo', { name: 'asking', scopes: ['read', 'write'], ...people });
    const first = await bo('list_connections', { limit: 2 });
    const rest = await bo('list_connections', { limit: 50, cursor: first.next_cursor });
    const all: { id: string; name: string }[] = [...first.items, ...rest.items];
    // Ids tell when they were made; of one millisecond, they say nothing of which came first.
    expect(all.map(({ id }) => id)).toEqual(all.map(({ id }) => id).toSorted((a, b) => (a < b ? 1 : -1)));
    const names = all.map(({ name }) => name);
    expect(names.slice(0, 4).sort()).toEqual(['asking', 'one', 'three', 'two']);
    expect(all.find(({ name }) => name === 'asking')).toMatchObject({
      kind: 'key',
      current: true,
      scopes: ['read', 'write'],
    });
    expect(names).not.toContain('laptop');
  });

  test('end one of them; a second time, and one that is another’s, there is none (security 30)', async () => {
    const spare = await here.credential('bo', { name: 'spare' });
    const bo = here.as('bo', { name: 'ending', ...people });
    const id = outside('credential', spare.id);
    expect(await bo('end_connection', { id })).toMatchObject({ id, ended: true });
    await expect(elsewhere.admit(spare.secret)).rejects.toEqual(refused);
    expect(await bo('end_connection', { id })).toMatchObject({ error: { code: 'not_found' } });
    expect(await here.as('ada', people)('end_connection', { id })).toMatchObject({ error: { code: 'not_found' } });
  });
});
