import { newId, outside, type Named as Prefix } from '../../src/terms/ids.ts';
import { office } from '../support/office.ts';
import { everyTool } from '../support/seats.ts';
import type { Told } from '../support/told.ts';
import type { Noun } from './naming.ts';

/** One that never was, and those that are hidden, by what hides them. */
type Pair = readonly [unknown: string, unseen: Readonly<Record<string, string>>];
export interface Named {
  readonly ids: Pair;
  readonly names?: Pair;
}

/** What bo works in; what begins with x is out of his sight. */
const told = {
  people: {
    root: 'admin',
    ada: 'member',
    bo: 'member',
    cy: 'member',
    hal: 'guest',
    sue: { role: 'guest', status: 'suspended' },
    rex: { status: 'removed' },
  },
  workspaces: {
    growth: { ada: 'owner', bo: 'admin', cy: 'creator' },
    xfinance: { ada: 'owner', hal: 'viewer' },
    xattic: { ada: 'owner', bo: 'admin' },
  },
  deletedWorkspaces: ['xattic'],
  groups: { xsecret: { ada: 'owner' }, mine: { bo: 'owner' }, xgone: { bo: 'owner' } },
  teams: { xvault: { ada: 'manager' }, crew: { bo: 'manager' }, xpast: { bo: 'manager' } },
  closed: ['xsecret', 'mine', 'xvault', 'crew'],
  projects: {
    xbooks: { in: 'xfinance', people: { hal: 'viewer' } },
    xledgers: { in: 'xfinance' },
    xloft: { in: 'xattic' },
    spring: { in: 'growth', people: { bo: 'editor' } },
  },
  workflows: {
    own: { in: 'growth', owner: 'bo' },
    draft: { in: 'growth', owner: 'ada' },
    ledger: { in: 'xfinance', owner: 'ada', visibility: 'everyone' },
    trashed: { in: 'growth', owner: 'ada', grants: { bo: 'editor' }, binned: true },
    lost: { in: 'xattic', owner: 'bo' },
    quiet: { in: 'xfinance', owner: 'ada' },
  },
  resources: {
    helper: { kind: 'assistant', in: 'growth', owner: 'ada' },
    answering: { kind: 'assistant', in: 'xfinance', owner: 'ada', visibility: 'everyone' },
    retired: { kind: 'assistant', in: 'growth', owner: 'ada', binned: true },
  },
  requests: { plea: { by: 'cy', for: 'draft' } },
  invitations: { call: { by: 'root', email: 'new@acme.test' } },
  domains: { 'acme.example': { by: 'root', proof: 'a' }, 'finance.example': { by: 'ada', proof: 'b' } },
} as const satisfies Told;

/** Another organization. */
const elsewhere = {
  people: { zed: 'admin', zoe: { email: 'zoe@there.test' } },
  workspaces: { xabbey: { zed: 'owner' } },
  groups: { xtheirs: { zed: 'owner' } },
  teams: { xforeign: { zed: 'manager' } },
  projects: { xabroad: { in: 'xabbey' } },
  workflows: { foreign: { in: 'xabbey', owner: 'zed', visibility: 'everyone' }, far: { in: 'xabbey', owner: 'zed' } },
  resources: { alien: { kind: 'assistant', in: 'xabbey', owner: 'zed' } },
  requests: { prayer: { by: 'zoe', for: 'far' } },
  invitations: { summons: { by: 'zed', email: 'new@there.test' } },
  domains: { 'there.example': { by: 'zed', proof: 'c' } },
} as const satisfies Told;

/** An office in which bo has a hand in everything that is not hidden from him, and what is: something of each noun. */
export async function hiddenFrom() {
  const here = await office(told);
  const there = await office(elsewhere);
  await here.sql(`update person set can_invite = true where id = $1`, [here.uuid('bo')]);
  await here.sql(`update "group" set deleted_at = now() where id = $1`, [here.uuid('xgone')]);
  await here.sql(`update team set deleted_at = now() where id = $1`, [here.uuid('xpast')]);
  await here.sql(`update domain set workspace_id = $1 where id = $2`, [
    here.uuid('xfinance'),
    here.uuid('finance.example'),
  ]);
  const [notice] = await here.sql<{ id: string }>(
    `insert into notification (organization_id, id, person_id, event) values ($1, gen_random_uuid(), $2, 'access_requested') returning id`,
    [here.organization, here.uuid('ada')],
  );
  const bell = outside('notification', (notice as { id: string }).id);
  // What the log holds of it, others did.
  await here.as('ada')('open_workflow', { id: here.id('quiet') });
  await there.as('zed')('open_workflow', { id: there.id('far') });
  const key = await here.credential('root', { name: 'the key of root' });
  await (await here.seated(key.secret, everyTool)).call('create_group', { name: 'made by root' });

  const hidden = hiddenOf(here, there, { bell, key: outside('credential', key.id) });
  const seated = async (who: string) => here.seated(await here.key(who), everyTool);
  return { hidden, own: here.id('own'), seats: { bo: await seated('bo'), root: await seated('root') } };
}

type Office = Awaited<ReturnType<typeof office>>;

const id = (named: Prefix, unseen: Record<string, string>): Pair => [outside(named, newId()), unseen];

function hiddenOf(here: Office, there: Office, { bell, key }: { bell: string; key: string }): Record<Noun, Named> {
  return {
    workflow: {
      ids: id('workflow', {
        'a draft of a colleague': here.id('draft'),
        'of another workspace': here.id('ledger'),
        'in another’s bin': here.id('trashed'),
        'one’s own, in a closed workspace': here.id('lost'),
        'of another organization': there.id('foreign'),
      }),
    },
    assistant: {
      ids: id('assistant', {
        'of a colleague': here.id('helper'),
        'of another workspace': here.id('answering'),
        'in another’s bin': here.id('retired'),
        'of another organization': there.id('alien'),
      }),
    },
    entity: {
      ids: id('workflow', { 'of another workspace': here.id('quiet'), 'of another organization': there.id('far') }),
    },
    person: {
      ids: id('person', {
        'a guest elsewhere': here.id('hal'),
        suspended: here.id('sue'),
        removed: here.id('rex'),
        'of another organization': there.id('zed'),
      }),
      names: [
        'nobody@acme.test',
        {
          'a guest elsewhere': here.email('hal'),
          suspended: here.email('sue'),
          removed: here.email('rex'),
          'of another organization': there.email('zoe'),
        },
      ],
    },
    stranger: {
      ids: id('person', {
        suspended: here.id('sue'),
        removed: here.id('rex'),
        'of another organization': there.id('zed'),
      }),
      names: [
        'nobody@acme.test',
        {
          suspended: here.email('sue'),
          removed: here.email('rex'),
          'of another organization': there.email('zoe'),
        },
      ],
    },
    group: {
      ids: id('group', {
        private: here.id('xsecret'),
        deleted: here.id('xgone'),
        'of another organization': there.id('xtheirs'),
      }),
      names: ['no such name', { private: 'xsecret', deleted: 'xgone', 'of another organization': 'xtheirs' }],
    },
    team: {
      ids: id('team', {
        locked: here.id('xvault'),
        deleted: here.id('xpast'),
        'of another organization': there.id('xforeign'),
      }),
      names: ['no such name', { locked: 'xvault', deleted: 'xpast', 'of another organization': 'xforeign' }],
    },
    workspace: {
      ids: id('workspace', {
        'of others': here.id('xfinance'),
        deleted: here.id('xattic'),
        'of another organization': there.id('xabbey'),
      }),
      names: ['no such name', { 'of others': 'xfinance', deleted: 'xattic', 'of another organization': 'xabbey' }],
    },
    project: {
      ids: id('project', {
        restricted: here.id('xbooks'),
        'open, of another workspace': here.id('xledgers'),
        'of a closed workspace': here.id('xloft'),
        'of another organization': there.id('xabroad'),
      }),
      names: ['no such name', { restricted: 'xbooks', open: 'xledgers', closed: 'xloft', foreign: 'xabroad' }],
    },
    request: { ids: id('request', { 'of others': here.id('plea'), 'of another organization': there.id('prayer') }) },
    invitation: {
      ids: id('invitation', { 'of others': here.id('call'), 'of another organization': there.id('summons') }),
    },
    notification: { ids: id('notification', { 'to others': bell }) },
    domain: {
      ids: id('domain', {
        'the organization’s': here.id('acme.example'),
        'of another workspace': here.id('finance.example'),
        'of another organization': there.id('there.example'),
      }),
      names: [
        'unknown.example',
        { 'the organization’s': 'acme.example', 'of another workspace': 'finance.example', foreign: 'there.example' },
      ],
    },
    key: {
      ids: id('credential', { 'of another': key }),
      names: ['no such key', { 'of another': 'the key of root' }],
    },
  };
}
