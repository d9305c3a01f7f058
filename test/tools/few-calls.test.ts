import { expect, test } from 'vitest';
import { type Call, office } from '../support/office.ts';

const here = await office({
  people: { bo: 'member', cy: 'member', dee: 'member', sam: 'member' },
  workspaces: { Sales: { bo: 'owner', cy: 'creator', dee: 'creator', sam: 'creator' } },
  groups: { Marketing: { bo: 'owner', dee: 'viewer' } },
  teams: { Launch: ['bo', 'cy'], Other: ['dee', 'sam'] },
  workflows: {
    'Q3 forecast': { in: 'Sales', owner: 'bo' },
    Plan: { in: 'Sales', owner: 'bo' },
    Leads: { in: 'Sales', owner: 'bo' },
  },
  requests: {
    near: { by: 'cy', for: 'Plan', level: 'editor' },
    far: { by: 'dee', for: 'Plan', level: 'editor' },
  },
});

/** Someone's hands, and how often they called. */
function counted(call: Call) {
  const all = { calls: 0 };
  const counting: Call = (...args) => {
    all.calls++;
    return call(...args);
  };
  return [counting, all] as const;
}

test('“give Marketing edit rights on the Q3 workflow” takes two calls (section 14)', async () => {
  const [bo, all] = counted(here.as('bo'));
  const { items } = await bo('list_workflows', { query: 'Q3' });
  expect(await bo('share_resource', { id: items[0].id, with: 'group:Marketing', role: 'editor' })).toMatchObject({
    granted: { name: 'Marketing', role: 'editor' },
  });
  expect(all.calls).toBe(2);
});

test('“why can’t Sam open it” takes one (section 14, EXP-1)', async () => {
  const why = await here.as('bo')('explain_access', { id: here.id('Q3 forecast'), person: 'sam@acme.test' });
  expect(why).toMatchObject({ access: 'none', paths: [], because: expect.stringMatching(/^No grant that holds now/) });
});

test('“approve all from my team, deny the rest with a note” takes two (section 14, REQ-7)', async () => {
  const [bo, all] = counted(here.as('bo'));
  const { items } = await bo('list_access_requests', { box: 'incoming', status: 'pending' });
  const decisions = items.map(({ id, teams }: { id: string; teams?: string[] }) =>
    teams?.includes('Launch') ? { id, decision: 'approve' } : { id, decision: 'deny', note: 'Ask Cy.' },
  );
  const { outcomes } = await bo('decide_access_requests', { decisions });
  expect(all.calls).toBe(2);
  expect(Object.fromEntries(outcomes.map(({ id, status }: Record<string, string>) => [id, status]))).toEqual({
    [here.id('near')]: 'approved',
    [here.id('far')]: 'denied',
  });
  expect(
    items.find(({ id }: { id: string }) => id === here.id('far')),
    'a team that bo is not in',
  ).not.toHaveProperty('teams');
});

test('“ask for access to this link and tell me when it comes” takes two (section 14, NOT-1)', async () => {
  const [sam, all] = counted(here.as('sam'));
  const link = `https://postern.example/workflows/${here.id('Leads')}`;
  const { id } = await sam('request_access', { id: link, message: 'For the launch.' });
  const coming = sam('list_notifications', { unread: true, wait: 25 });
  await here.as('bo')('decide_access_requests', { decisions: [{ id, decision: 'approve' }] });
  expect((await coming).items).toMatchObject([{ event: 'request_approved', request: { id, status: 'approved' } }]);
  expect(all.calls).toBe(2);
});

test('“what changed in Sales this week” takes one (section 14, ACT-2)', async () => {
  const from = new Date(Date.now() - 7 * 86_400_000).toISOString();
  const bo = here.as('bo', { query: 'toolsets=governance' });
  const { items } = await bo('list_activity', { workspace: 'Sales', type: ['changed'], from });
  expect(items.map(({ action }: { action: string }) => action)).toEqual(
    expect.arrayContaining(['resource.share', 'request.decide']),
  );
});
