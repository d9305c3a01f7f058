import { confirmed, type office } from './office.ts';
import { seat } from './seats.ts';

export type Here = Awaited<ReturnType<typeof office>>;

/** Someone who owns much and is in much: bo. */
export const told = {
  people: { root: 'admin', amy: 'admin', ada: 'member', bo: 'member', cy: 'member', dee: 'member', gus: 'guest' },
  workspaces: {
    growth: { ada: 'owner', bo: 'creator', cy: 'creator', dee: 'viewer' },
    finance: { bo: 'owner', cy: 'viewer', dee: 'creator' },
    lab: { amy: 'owner', bo: 'creator', cy: 'viewer' },
  },
  teams: { crew: { bo: 'manager', cy: 'member' } },
  groups: { club: { bo: 'owner', cy: 'editor' }, choir: { bo: 'owner', ada: 'owner' } },
  closed: ['club'],
  switches: { growth: { bo: { audience_viewer: true } } },
  projects: { vault: { in: 'growth', people: { bo: 'editor' } } },
  workflows: {
    draft: { in: 'growth', owner: 'bo' },
    plan: { in: 'growth', owner: 'bo', visibility: 'everyone' },
    ledger: { in: 'finance', owner: 'bo', grants: { ada: 'viewer' } },
    trial: { in: 'lab', owner: 'bo' },
    binned: { in: 'growth', owner: 'bo', binned: true },
    given: { in: 'growth', owner: null, givenBy: 'bo', visibility: 'everyone' },
    lent: { in: 'growth', owner: 'ada', grants: { bo: 'editor', cy: 'viewer' } },
    asked: { in: 'growth', owner: 'ada' },
  },
  requests: { plea: { by: 'bo', for: 'asked' }, hope: { by: 'cy', for: 'draft' } },
} as const;

/** Who owns each resource, and who gave what the organization owns. */
export const owners = async (here: Here) =>
  Object.fromEntries(
    (
      await here.sql<{ name: string; owner: string | null; by: string | null }>(
        `select r.name, p.name as owner, g.name as by from resource r left join person p on p.id = r.owner_id left join person g on g.id = r.given_by
         where r.organization_id = $1 order by 1`,
        [here.organization],
      )
    ).map(({ name, owner, by }) => [name, by ? `${owner} by ${by}` : owner]),
  );
/** How many rows are bo’s. */
export const count = async (here: Here, what: string, column = 'person_id') =>
  (
    await here.sql<{ n: number }>(
      `select count(*)::int as n from ${what} where organization_id = $1 and ${column} = $2`,
      [here.organization, here.uuid('bo')],
    )
  )[0]?.n;
export const remove = (here: Here, who: string, args: Record<string, unknown>) =>
  confirmed(seat(here, who), 'remove_member', args);
