import { expect, test } from 'vitest';
import { agent, type Era } from '../support/agent.ts';
import { letIn } from '../support/letting-in.ts';
import { rawly } from '../support/raw.ts';
import { serviceIn } from '../support/service.ts';
import { visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({
  people: { ada: 'member', bo: 'member' },
  workspaces: { growth: { ada: 'owner' }, finance: { ada: 'owner' } },
  workflows: { payroll: { in: 'growth', owner: 'ada' }, budget: { in: 'finance', owner: 'ada' } },
});
const service = await serviceIn(here, {}, { address: 'http://localhost' });
const ada = await visiting(service, here, 'ada');

test('a client that someone lets in does what they allowed, over MCP and REST, and the log tells it apart (EXT-4, EXP-5)', async () => {
  const { access, body } = await letIn(service, ada, {}, { client_name: 'Agent of Ada' });
  expect(body).toMatchObject({ token_type: 'Bearer', scope: 'read request', expires_in: 600 });
  const { call } = await agent(service, access);
  expect((await call('list_workflows')).items).toHaveLength(2);
  expect((await call('whoami')).key).toMatchObject({ name: 'Agent of Ada', scopes: ['read', 'request'] });
  expect((await rawly(service, access)(`GET /workflows/${here.id('payroll')}`)).status).toBe(200);
  const opened = await here.sql(
    `select c.name, c.kind from activity a join credential c on c.organization_id = a.organization_id and c.id = a.credential_id
    where a.organization_id = $1 and a.action = 'resource.open'`,
    [here.organization],
  );
  expect(opened).toEqual([{ name: 'Agent of Ada', kind: 'connection' }]);
});

test('someone cuts a client to workspaces and to a time, and ticks what else it may (EXT-4)', async () => {
  const workspace = [here.id('growth')];
  const { access, body } = await letIn(service, ada, {
    extent: 'custom',
    scope: ['read', 'share'],
    workspace,
    days: '7',
  });
  expect(body.scope).toBe('read share');
  const { call } = await agent(service, access);
  expect((await call('list_workflows')).items.map(({ id }: { id: string }) => id)).toEqual([here.id('payroll')]);
  const [kept] = await here.sql<{ days: number }>(
    `select round(extract(epoch from expires_at - now()) / 86400)::int as days from credential where organization_id = $1 and kind = 'connection' order by id desc limit 1`,
    [here.organization],
  );
  expect(kept?.days).toBe(7);
});

test.each<Era>(['2026', '2025'])(
  'whatever ends a connection refuses its next call and its next token, in the protocol of %s (DEC-5)',
  async (era) => {
    const bo = await visiting(service, here, 'bo');
    const restore = () =>
      here.sql(`update person set status = 'active' where organization_id = $1`, [here.organization]);
    const ends = [
      async () => {
        const page = await (await bo.send('/account')).text();
        const [, id] = /value="(key_[^"]+)" aria-label="End Probe"/.exec(page) ?? [];
        await bo.submit(await bo.follow('/account'), { id: id ?? '' }).catch(() => undefined);
        await bo.send('/account/connections/end', {
          method: 'POST',
          body: new URLSearchParams({ id: id ?? '', csrf: /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? '' }),
          headers: { 'sec-fetch-site': 'same-origin' },
        });
      },
      () =>
        here.sql(`update person set status = 'suspended' where organization_id = $1 and id = $2`, [
          here.organization,
          here.uuid('bo'),
        ]),
    ];
    for (const end of ends) {
      const { client, id, access, refresh } = await letIn(service, bo);
      const { call } = await agent(service, access, { era });
      expect((await call('whoami')).person.email).toBe(here.email('bo'));
      await end();
      await expect(call('whoami')).rejects.toThrow();
      expect((await rawly(service, access)('GET /me')).status).toBe(401);
      expect(await client.refresh(id, refresh)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      await restore();
    }
  },
);

test('a client has a say in nothing but what its person allowed: a token of less reaches less', async () => {
  const { client, id, refresh } = await letIn(service, ada, { extent: 'all' });
  // Asking for less at a refresh is not heard; what it may is what the person said.
  const { body } = await client.refresh(id, refresh, { scope: 'read' });
  expect(body.scope).toBe('read write share request audience');
});
