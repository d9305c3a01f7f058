import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Followed, follow, quiet } from '../support/following.ts';
import { along, type Leg, legs, type Ways } from '../support/legs.ts';
import { listening } from '../support/listening.ts';
import { type Call, confirmed, office } from '../support/office.ts';
import { serviceIn, workersService } from '../support/service.ts';
import { connection } from '../support/world.ts';

let ways: Ways;
let close: () => Promise<void>;

beforeAll(async () => {
  const at = await listening((await serviceIn({ connection })).fetch);
  close = at.close;
  ways = { url: at.url, app: connection };
});

afterAll(() => close());

const notifications = 'postern://notifications';

/** People and things of its own for each who follows, since they go on beside each other; ben works at another server than they. */
async function scene() {
  const here = await office({
    people: { ada: 'member', ben: 'member', cy: 'member' },
    workspaces: { Growth: { ada: 'creator', ben: 'creator', cy: 'creator' } },
    workflows: {
      plan: { in: 'Growth', owner: 'ben', visibility: 'everyone', document: { steps: [] } },
      secret: { in: 'Growth', owner: 'ben' },
      hers: { in: 'Growth', owner: 'ada' },
    },
  });
  const ben = here.as('ben');
  const uri = (name: string) => `postern://workflow/${here.id(name)}`;
  let edits = 0;
  const edit = async (name: string) => {
    const { revision } = await ben('open_workflow', { id: here.id(name) });
    await ben('edit_workflow', { id: here.id(name), revision, merge: { edits: ++edits } });
  };
  const publish = (visibility: string) => confirmed(ben, 'set_visibility', { id: here.id('plan'), visibility });
  return { here, ben, uri, edit, publish };
}

/** One after another with whoever follows. */
const inTurn = { concurrent: false };

describe.concurrent.each(Object.keys(legs) as Leg[])('%s', (leg) => {
  let { here, ben, uri, edit, publish } = {} as Awaited<ReturnType<typeof scene>>;
  let key: string;
  let client: Awaited<ReturnType<typeof along>>['client'];
  let call: Call;
  /** In one connection, one after another: a leg may be a process to start. */
  const followed = (...uris: string[]) => follow(client as never, leg, uris);

  beforeAll(async () => {
    ({ here, ben, uri, edit, publish } = await scene());
    const { id, secret } = await here.credential('ada');
    key = id;
    ({ client, call } = await along(leg, ways, secret));
  });
  afterAll(() => client.close());

  test(
    'follows what it may read and hears of nothing else; each event is decided again (001-9, EXT-1, VIS-2)',
    inTurn,
    async () => {
      const missing = uri('plan').replace(/.$/, (it) => (it === '0' ? '1' : '0'));
      const guide = 'postern://guide/roles';
      const it: Followed = await followed(uri('plan'), uri('secret'), missing, guide, notifications);
      expect(it.uris).toEqual([uri('plan'), notifications]);

      await edit('plan');
      await it.until(uri('plan'));
      await edit('secret');
      await quiet();
      expect(it.heard()).toEqual([uri('plan')]);

      await publish('private');
      await it.until(notifications);
      await edit('plan');
      await quiet();
      expect(it.heard()).toEqual([notifications]);

      await publish('everyone');
      await it.until(uri('plan'));
      await it.end();
    },
  );

  test(
    'hears of requests in both boxes, and of what became of one’s own (001-16, 001-19, 001-22, 001-24, 001-25, 001-27)',
    inTurn,
    async () => {
      const [incoming, sent] = ['postern://requests/incoming', 'postern://requests/sent'];
      const it = await followed(incoming, sent, notifications);
      expect(it.uris).toHaveLength(3);

      const cy = here.as('cy');
      const { id: theirs } = await cy('request_access', { id: here.id('hers') });
      await it.until(incoming, notifications);
      expect(new Set(it.heard())).toEqual(new Set([incoming, notifications]));
      await cy('cancel_access_request', { id: theirs });
      await it.until(incoming);
      it.heard();

      const { id } = await call('request_access', { id: here.id('secret'), role: 'viewer' });
      await it.until(sent);
      await ben('decide_access_requests', { decisions: [{ id, decision: 'approve' }] });
      await it.until(sent, notifications);
      await quiet();
      expect(it.heard()).not.toContain(incoming);
      const told = await call('list_notifications', { limit: 1 });
      expect(told.items).toMatchObject([{ event: 'request_approved', request: { id } }]);
      await ben('unshare_resource', { id: here.id('secret'), with: 'person:ada@acme.test' });
      await it.end();
    },
  );

  test('hears nothing more once the key is revoked', inTurn, async () => {
    const it = await followed(uri('plan'), notifications);
    await here.sql('update credential set revoked_at = now() where id = $1', [key]);
    if (it.closed) expect(await it.closed).toBe('graceful');
    await edit('plan');
    await quiet();
    expect(it.heard()).toEqual([]);
  });
});

describe.each<Leg>(['client 2.x, protocol of 2025, HTTP', 'sdk 1.x, HTTP'])('%s', (leg) => {
  test('hears nothing more of what it no longer follows', async () => {
    const { here, uri, edit } = await scene();
    const { client } = await along(leg, ways, await here.key('ada'));
    const it = await follow(client as never, leg, [uri('plan'), notifications]);
    await it.unfollow(uri('plan'));
    await edit('plan');
    await quiet();
    expect(it.heard()).toEqual([]);
    await client.close();
  });
});

test('a bridge goes on following in a session opened anew, and says that it may have missed something', async () => {
  const { here, uri, edit } = await scene();
  const first = await workersService(here);
  let current: Pick<typeof first, 'fetch'> = first;
  const at = await listening((request) => current.fetch(request));
  const leg = 'client 2.x, protocol of 2025, bridge';
  const { client, call } = await along(leg, { ...ways, url: at.url }, await here.key('ada'));
  const it = await follow(client as never, leg, [uri('plan')]);
  current = await serviceIn(here);
  await first.close();
  await call('whoami');
  await it.until(uri('plan'));
  it.heard();
  await quiet();
  await edit('plan');
  await it.until(uri('plan'));
  await client.close();
  await at.close();
});

test('a stream that breaks off is over for the client behind a bridge, who can listen anew', async () => {
  const { here, uri } = await scene();
  const service = await serviceIn(here);
  const at = await listening(service.fetch);
  const leg = 'client 2.x, protocol of 2026, bridge';
  const { client } = await along(leg, { ...ways, url: at.url }, await here.key('ada'));
  const it = await follow(client as never, leg, [uri('plan')]);
  await at.close();
  expect(await it.closed).toBe('remote');
  await client.close();
});
