import { type RawBuilder, sql } from 'kysely';
import type { Actor } from '../access/actor.ts';
import type { Facts, Path } from '../access/decide.ts';
import { type Ground, isInstalledBeyond, pathsOf, placesOf } from '../access/paths.ts';
import type { Condition } from '../access/policy.ts';
import { organizationPaths, workspacePaths } from '../access/space-paths.ts';
import type { Kind } from '../terms/kinds.ts';
import type { Noun } from '../terms/ladders.ts';
import { type CallerRow, callerOf, type Entrance, storeOf, type Tx } from './database.ts';
import { caller, circles, ground, groundBy, people, reached, standingBy, uncut } from './reach.ts';
import { type Row, readFor } from './read-facts.ts';
import { columns } from './request-status.ts';
import type { RequestRow, ResourceRow, SpaceRows } from './rows.ts';
import { isAnothers, isLastAdmin, type SpaceNoun, spaceFacts, spaceSource } from './space-facts.ts';
import { type Places, statement } from './statement.ts';

/** Names a thing that is to be decided on. Without an id it names nothing, and is answered like what is missing (EXT-12). */
export type Ref<N extends Noun> = N extends 'organization'
  ? { readonly noun: 'organization' }
  : N extends 'workspace'
    ? {
        readonly noun: 'workspace';
        readonly id: string | undefined;
        /** What is to be made there, where that is a resource. */
        readonly kind?: Kind;
      }
    : N extends 'resource' | 'bin'
      ? { readonly noun: N; readonly id: string | undefined; readonly kind: Kind }
      : { readonly noun: N; readonly id: string | undefined };

/** Everything that an action can be decided on. */
export type AnyRef =
  | Ref<'organization'>
  | Ref<'workspace'>
  | Ref<'resource'>
  | Ref<'bin'>
  | Ref<'request'>
  | Ref<SpaceNoun>;

export type Subject<N extends Noun> = N extends 'resource' | 'bin'
  ? ResourceRow
  : N extends 'request'
    ? RequestRow
    : N extends keyof SpaceRows
      ? SpaceRows[N]
      : { readonly id: string };

/** What one statement found: who asks, when, the thing if it is in reach, and all that a decision on it rests on. */
export interface Found<N extends Noun> {
  readonly me: Actor;
  readonly now: Date;
  readonly subject: Subject<N> | undefined;
  readonly facts: Facts;
}

/** Reads credential, person, thing and grounds together (DEC-8). Nothing where the credential has ended. */
export async function factsFor<N extends Noun>(tx: Tx, entrance: Entrance, ref: Ref<N>): Promise<Found<N> | undefined> {
  const row = await rowFor(tx, entrance, ref as AnyRef);
  if (!row) return undefined;
  const me = actorOf(row.me, entrance);
  const subject = (row.subject ?? undefined) as Subject<N> | undefined;
  return { me, now: new Date(row.now * 1000), subject, facts: factsOf(ref as AnyRef, row, me) };
}

/** The same facts about someone else, for whoever may ask: no credential cuts them, and every override counts (EXP-1). */
export async function factsAbout(tx: Tx, me: Actor, someone: string, { id, kind }: Ref<'resource'>): Promise<Facts> {
  const { rows } = await sql<{ ground: Ground | null }>`
    with who as materialized (${people(me, sql`select ${someone}::uuid`)})
    select ${ground} from who left join (${reached}) on ${uncut} and r.id = ${id ?? null}::uuid and r.kind = ${kind}`.execute(
    storeOf(tx),
  );
  return factsFrom(rows[0]?.ground ?? null, kind, true);
}

/** In a reading transaction who asks is known already, of the same snapshot; in a writing one all of it is read together. */
async function rowFor(tx: Tx, entrance: Entrance, ref: AnyRef): Promise<Row | undefined> {
  const caller = callerOf(tx);
  if (caller === null) return undefined;
  if (caller && ref.noun === 'organization')
    return { me: caller.me, subject: { id: entrance.organization }, ground: null, now: caller.now };
  if (caller && (ref.noun === 'resource' || ref.noun === 'bin')) return readFor(tx, entrance, caller, ref);
  const { organization, credential, workspace = null } = entrance;
  const id = 'id' in ref ? (ref.id ?? null) : null;
  const kind = 'kind' in ref ? (ref.kind ?? null) : null;
  const asked = statements.get(ref.noun) ?? statement<Asked, Row>((its) => statementFor(ref.noun, its));
  statements.set(ref.noun, asked);
  const [row] = await asked(tx, { organization, credential, workspace, id, kind });
  return row;
}

interface Asked {
  readonly organization: string;
  readonly credential: string;
  readonly workspace: string | null;
  readonly id: string | null;
  readonly kind: Kind | null;
}

const statements = new Map<AnyRef['noun'], ReturnType<typeof statement<Asked, Row>>>();

const theirs = sql.table('circles');

function statementFor(noun: AnyRef['noun'], its: Places<Asked>): RawBuilder<Row> {
  const begin = sql<Row>`with who as materialized (${caller(its)}), circles as materialized (${circles})
    select row_to_json(who) as me, extract(epoch from statement_timestamp())::float8 as now`;
  switch (noun) {
    case 'resource':
    case 'bin':
      return sql`${begin}, row_to_json(r) as subject, ${groundBy(theirs)}
        from who left join (${reached}) on ${uncut} and r.id = ${its.id}::uuid and r.kind = ${its.kind}`;
    case 'request':
      return sql`${begin}, case when q.id is not null then row_to_json(q) end as subject, ${groundBy(theirs)}
        from who left join (select q.organization_id, ${columns([])} from access_request q) q on q.organization_id = who.organization_id and q.id = ${its.id}::uuid
        left join (${reached}) on ${uncut} and r.id = q.resource_id and q.workspace_id is not null`;
    case 'workspace':
      return sql`${begin}, row_to_json(w) as subject, json_build_object(${standingBy(theirs)}) as ground
        from who left join workspace w on w.organization_id = who.organization_id and w.id = ${its.id}::uuid and w.deleted_at is null
          and (who.cut is null or w.id = any (who.cut))`;
    case 'organization':
      return sql`${begin}, json_build_object('id', who.organization_id) as subject, json_build_object('lastAdmin', ${isLastAdmin(sql`who.id`)}, 'anothers', ${isAnothers}) as ground from who`;
    default:
      return sql`${begin}${spaceSource(noun, its.id)}`;
  }
}

const actorOf = (row: CallerRow, { surface = 'external', scopes, until }: Entrance): Actor => ({
  organization: row.organization_id,
  credential: row.credential,
  credentialName: row.credential_name,
  person: row.id,
  email: row.email,
  name: row.name,
  role: row.role,
  canInvite: row.can_invite,
  scopes: scopes ? row.scopes.filter((scope) => scopes.includes(scope)) : row.scopes,
  workspaces: row.cut,
  expiresAt: row.expires_at,
  until,
  surface,
});

function factsOf(ref: AnyRef, { ground, subject }: Row, me: Actor): Facts {
  const override = me.scopes.includes('override');
  switch (ref.noun) {
    case 'resource':
    case 'bin':
      return factsFrom(ground, ref.kind, override);
    case 'request':
      return requestFacts(subject as RequestRow | null, ground, me, override);
    case 'workspace': {
      const places = ground ? placesOf(ground) : [];
      return {
        places,
        switches: ground?.switches ?? {},
        kind: ref.kind,
        paths: workspacePaths(places, me.role),
        override,
      };
    }
    case 'organization':
      return {
        places: [],
        switches: {},
        paths: organizationPaths(me.role, me.canInvite),
        holds: holdsOf(ground as Partial<OrganizationGround> | null),
        override,
      };
    default:
      return spaceFacts(ref.noun, ground ?? {}, me);
  }
}

interface OrganizationGround {
  readonly lastAdmin: boolean;
  readonly anothers: boolean;
}

const holdsOf = (ground: Partial<OrganizationGround> | null): Condition[] => [
  ...(ground?.lastAdmin ? ['last_admin' as const] : []),
  ...(ground?.anothers ? ['anothers_organization' as const] : []),
];

/** The facts of one person on one resource. */
export function factsFrom(ground: Ground | null, kind: Kind, override: boolean): Facts {
  if (!ground) return { places: [], switches: {}, kind, paths: [], override };
  return {
    places: placesOf(ground),
    switches: ground.switches ?? {},
    kind,
    paths: pathsOf(ground),
    holds: isInstalledBeyond(ground, true) ? ['installed'] : [],
    lifted: isInstalledBeyond(ground, false) ? ['installed'] : [],
    override,
  };
}

/** Who reviews (REQ-2): the owner; of what the organization owns, admins of the workspace who can open it; others by override. */
export function reviewing(ground: Ground): Path[] {
  if (ground.deleted) return [];
  const paths = pathsOf(ground);
  const owners = paths.filter(({ noun, rung }) => noun === 'resource' && rung === 'owner');
  const opens = paths.some(({ noun, override }) => noun === 'resource' && !override);
  const admins = placesOf(ground).filter(({ role, override }) => !override && (role === 'admin' || role === 'owner'));
  return [
    ...owners.map(
      ({ via, override = false }): Path => ({ noun: 'request', rung: 'reviewer', via, rule: 'REQ-2', override }),
    ),
    ...(ground.organizationOwned && opens ? admins : []).map(
      ({ role }): Path => ({ noun: 'request', rung: 'reviewer', via: `workspace ${role}`, rule: 'REQ-2' }),
    ),
  ];
}

function requestFacts(request: RequestRow | null, ground: Ground | null, me: Actor, override: boolean): Facts {
  const own = request?.requester_id === me.person;
  const asking: Path[] = own ? [{ noun: 'request', rung: 'requester', via: 'requester', rule: 'REQ-5' }] : [];
  const paths = [...asking, ...(ground ? reviewing(ground) : [])];
  return {
    places: ground ? placesOf(ground) : [],
    switches: ground?.switches ?? {},
    kind: request?.kind,
    paths,
    holds: [own ? 'own_request' : 'anothers_request'],
    override,
  };
}
