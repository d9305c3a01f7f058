import { beforeEach, describe, expect, test } from 'vitest';
import { newId, outside } from '../../src/terms/ids.ts';
import { entries } from '../support/logged.ts';
import { office } from '../support/office.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { served } from '../support/world.ts';

const here = await office({
  people: { ada: 'member', bo: 'member', cy: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'creator', cy: 'creator' } },
  workflows: {
    own: { in: 'growth', owner: 'ada', grants: { cy: 'viewer' } },
    hidden: { in: 'growth', owner: 'bo' },
  },
});
const service = await serviceIn({ connection: served });
const ask = rawly(service, await here.key('ada'));
const cy = rawly(service, await here.key('cy'));
const own = `/workflows/${here.id('own')}`;
const opened = () => ask(`GET ${own}`);
const tagOf = async () => (await opened()).headers.get('etag') ?? '';
const rename = (name: string, headers: Record<string, string>, more = {}) =>
  ask(`PATCH ${own}`, { headers, body: { name, ...more } });

describe('what was opened', () => {
  let tag = '';
  beforeEach(async () => {
    tag = await tagOf();
  });

  test('has an ETag that begins with its revision and is the same as long as the answer is', async () => {
    const { body, headers } = await opened();
    expect(headers.get('etag')).toBe(tag);
    expect(tag).toMatch(new RegExp(`^"${body.revision}-[\\w-]{22}"$`));
    expect(headers.get('cache-control')).toBe('private, no-cache');
  });

  test.each([(it: string) => it, (it: string) => `W/${it}`, (it: string) => `"other", ${it}`, () => '*'])(
    'is not sent again to whoever has it (%#), and the opening is in the log all the same',
    async (held) => {
      const before = (await entries(here)).length;
      const { status, text, headers } = await ask(`GET ${own}`, { headers: { 'if-none-match': held(tag) } });
      expect([status, text, headers.get('etag')]).toEqual([304, '', tag]);
      expect((await entries(here)).slice(before)).toMatchObject([{ action: 'resource.open', outcome: 'allow' }]);
    },
  );

  test('is sent where something beside its document has changed, though its revision has not', async () => {
    const { revision } = (await opened()).body;
    await here.as('ada')('share_resource', { id: here.id('own'), with: 'person:bo@acme.test', role: 'viewer' });
    await here.sql(`update resource set visibility = 'everyone', everyone_role = 'viewer' where id = $1`, [
      here.uuid('own'),
    ]);
    const after = await ask(`GET ${own}`, { headers: { 'if-none-match': tag } });
    expect([after.status, after.body.revision, after.body.visibility]).toEqual([200, revision, 'everyone']);
    expect((await cy(`GET ${own}`)).headers.get('etag')).not.toBe(after.headers.get('etag'));
  });

  test('is decided before it is compared: a tag opens nothing (EXT-2)', async () => {
    const [hidden, missing] = [here.id('hidden'), outside('workflow', newId())];
    const answers = await Promise.all(
      [hidden, missing].map(async (id) => {
        const { status, text } = await ask(`GET /workflows/${id}`, { headers: { 'if-none-match': '*' } });
        return [status, text];
      }),
    );
    expect(answers[0]?.[0]).toBe(404);
    expect(answers[1]).toEqual(answers[0]);
  });

  test('is looked at by HEAD alike, without its body', async () => {
    const { status, headers, text } = await ask(`HEAD ${own}`);
    expect([status, headers.get('etag'), text]).toEqual([200, tag, '']);
    expect((await ask(`HEAD /workflows/${here.id('hidden')}`)).status).toBe(404);
  });
});

describe('an edit (VER-1)', () => {
  test('starts from the ETag in If-Match, weakened on its way or not, and answers the next', async () => {
    const tag = await tagOf();
    const { status, body, headers } = await rename('first', { 'if-match': tag });
    expect([status, body.name]).toEqual([200, 'first']);
    expect(headers.get('etag')).toBe(await tagOf());
    const weak = await rename('second', { 'if-match': `W/${headers.get('etag')}` });
    expect([weak.status, weak.body.name, weak.body.revision]).toEqual([200, 'second', body.revision + 1]);
  });

  test('that starts from an old one is 412 by its ETag and 409 by its number, in the same words', async () => {
    const { body, headers } = await opened();
    await rename('meanwhile', { 'if-match': headers.get('etag') ?? '' });
    const byTag = await rename('late', { 'if-match': headers.get('etag') ?? '' });
    const byNumber = await rename('late', {}, { revision: body.revision });
    expect([byTag.status, byTag.body.code]).toEqual([412, 'conflict']);
    expect([byNumber.status, byNumber.body.code]).toEqual([409, 'conflict']);
    expect({ ...byTag.body, status: 0 }).toEqual({ ...byNumber.body, status: 0 });
    expect(byTag.body.current).toMatchObject({ revision: body.revision + 1 });
    expect((await opened()).body.name).toBe('meanwhile');
  });

  test('that names none is 428, in the words of a missing argument', async () => {
    const { status, body } = await rename('blind', {});
    expect([status, body.code, body.pointer]).toEqual([428, 'invalid_argument', '/revision']);
    const { status: other } = await rename('blind', {}, { sudo: true });
    expect(other).toBe(422);
  });

  test.each(['*', '"x"', '1', '"0-x"', '"1-a", "2-b"', ''])('refuses an If-Match of %s', async (tag) => {
    const { status, body } = await rename('odd', { 'if-match': tag });
    expect([status, body.code]).toEqual([422, 'invalid_argument']);
  });

  test('refuses a revision in the body that If-Match contradicts', async () => {
    const { status, body } = await rename('torn', { 'if-match': await tagOf() }, { revision: 1000 });
    expect([status, body.pointer]).toEqual([422, '/revision']);
  });

  test('compares only after deciding: a stale tag tells nothing of what is hidden (EXT-11)', async () => {
    const headers = { 'if-match': '"999-x"' };
    const hidden = await ask(`PATCH /workflows/${here.id('hidden')}`, { headers, body: { name: 'n' } });
    expect([hidden.status, hidden.body.code]).toEqual([404, 'not_found']);
    const lent = await cy(`PATCH ${own}`, { headers, body: { name: 'n' } });
    expect([lent.status, lent.body.code]).toEqual([403, 'permission_denied']);
  });
});

test('a call that compares no revision refuses If-Match rather than pass over it', async () => {
  const { status, body } = await ask(`DELETE ${own}`, { headers: { 'if-match': await tagOf() } });
  expect([status, body.code]).toEqual([422, 'invalid_argument']);
});
