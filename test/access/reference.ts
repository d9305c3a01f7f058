import type { Capability, Kind } from '../../src/terms/kinds.ts';
import type { Ground, Key, Land, Thing } from './land.ts';

/**
 * The rules of SPEC sections 5 to 8 said a second time, over the world in memory: question by question, as the text goes,
 * without the policy table, the facts or the SQL.
 */
export interface Verdict {
  readonly outcome: 'allow' | 'deny' | 'hide';
  /** After the cap (DEC-3). */
  readonly level: 'viewer' | 'editor' | 'owner' | undefined;
  /** Allowed, and not without the override (EXT-3). */
  readonly overridden: boolean;
}

export const resourceActions = [
  'resource.open',
  'resource.revisions',
  'resource.explain',
  'resource.drop',
  'resource.edit',
  'resource.revert',
  'resource.audience',
  'resource.delete',
  'resource.share',
  'resource.unshare',
  'resource.publish',
  'resource.withdraw',
  'resource.transfer',
  'review.clean',
] as const;
export const binActions = ['resource.bin', 'resource.restore', 'resource.purge'] as const;
export type ThingAction = (typeof resourceActions)[number] | (typeof binActions)[number];

/** Nothing where the caller is nobody (DEC-5). */
export function judge(land: Land, key: Key, action: ThingAction, thing: Thing, now = new Date()): Verdict | undefined {
  const person = land.people.find(({ id }) => id === key.person)!;
  if (key.revoked || isOver(key.until, now) || person.status !== 'active') return undefined;
  const standing = { land, key, person: key.person, isOrganizationAdmin: person.role === 'admin', thing, now };
  const override = key.scopes.includes('override');
  const outcome = answer(standing, action, override);
  return {
    outcome,
    level: levelAfterCap(standing, override),
    overridden: outcome === 'allow' && answer(standing, action, false) !== 'allow',
  };
}

/** Whether they may create there: whoever has a place and the capability of the kind (WS-4). */
export function judgeCreating(land: Land, key: Key, workspace: string, kind: Kind, now = new Date()) {
  const person = land.people.find(({ id }) => id === key.person)!;
  if (key.revoked || isOver(key.until, now) || person.status !== 'active') return undefined;
  const thing = { workspace, kind } as Thing;
  const standing = { land, key, person: key.person, isOrganizationAdmin: person.role === 'admin', thing, now };
  const override = key.scopes.includes('override');
  const isThere = isInWorkspace(standing) || (override && standing.isOrganizationAdmin);
  if (!isReached(standing) || !isThere) return 'hide';
  return has(standing, capabilityOf(kind), override) ? 'allow' : 'deny';
}

interface Standing {
  readonly land: Land;
  readonly key: Key;
  readonly person: string;
  readonly isOrganizationAdmin: boolean;
  readonly thing: Thing;
  readonly now: Date;
}

function answer(standing: Standing, action: ThingAction, override: boolean): 'allow' | 'deny' | 'hide' {
  const inBin = (binActions as readonly string[]).includes(action);
  const { thing } = standing;
  const level = inBin
    ? ownsOrOverrides(standing, override) && thing.binned
      ? 'owner'
      : undefined
    : levelOf(standing, override);
  if (!level) return 'hide';
  const able = has(standing, capabilityOf(thing.kind), override);
  const owner = level === 'owner';
  const changes = able && installs(standing, override);
  switch (action) {
    case 'resource.open':
    case 'resource.revisions':
    case 'resource.explain':
    case 'resource.drop':
      return 'allow';
    case 'resource.edit':
    case 'resource.revert':
      return level !== 'viewer' && changes ? 'allow' : 'deny';
    case 'resource.delete':
    case 'resource.restore':
    case 'resource.purge':
      return owner && changes ? 'allow' : 'deny';
    case 'resource.share':
    case 'resource.publish':
      return owner && able ? 'allow' : 'deny';
    case 'resource.audience':
    case 'resource.unshare':
    case 'resource.transfer':
    case 'resource.bin':
    case 'review.clean':
      return owner ? 'allow' : 'deny';
    case 'resource.withdraw':
      return owner || mayTakeBack(standing, able) ? 'allow' : 'deny';
  }
}

/** Section 7: the highest over all paths (DEC-1). */
function levelOf(standing: Standing, override: boolean): Verdict['level'] {
  const { thing, land } = standing;
  if (thing.binned || !isReached(standing)) return undefined;
  if (ownsOrOverrides(standing, override)) return 'owner';
  const levels: string[] = [];
  if (thing.visibility !== 'private') {
    for (const { principal, level, until } of thing.grants) {
      if (!isOver(until, standing.now) && isOrIsIn(land, standing.person, principal)) levels.push(level);
    }
  }
  if (thing.visibility === 'everyone' && isInWorkspace(standing)) {
    const project = land.projects.find(({ id, restricted }) => id === thing.project && restricted);
    const roles = project?.members
      .filter(({ principal }) => !project.deleted && isOrIsIn(land, standing.person, principal))
      .map(({ role }) => role);
    if (!roles) levels.push(thing.everyone);
    else if (roles.includes('editor')) levels.push(thing.everyone);
    else if (roles.includes('viewer')) levels.push('viewer');
  }
  return levels.includes('editor') ? 'editor' : levels.includes('viewer') ? 'viewer' : undefined;
}

function levelAfterCap(standing: Standing, override: boolean): Verdict['level'] {
  const level = levelOf(standing, override);
  return level === 'editor' && !has(standing, capabilityOf(standing.thing.kind), override) ? 'viewer' : level;
}

function ownsOrOverrides(standing: Standing, override: boolean): boolean {
  const { thing, person } = standing;
  if (!isReached(standing)) return false;
  if (thing.owner === person && isInWorkspace(standing)) return true;
  return (
    override && (standing.isOrganizationAdmin || rolesOf(standing).some((role) => role === 'admin' || role === 'owner'))
  );
}

/** Whether they may change what is installed as it is: for the workspace its admins (WS-4), for all those of the organization (ORG-2). */
function installs(standing: Standing, override: boolean): boolean {
  const { installed } = standing.thing;
  if (installed === 'organization') return standing.isOrganizationAdmin;
  const administers = rolesOf(standing).some((role) => role === 'admin' || role === 'owner');
  return installed === null || administers || (override && standing.isOrganizationAdmin);
}

/** OWN-2. */
function mayTakeBack(standing: Standing, able: boolean): boolean {
  const { thing, person } = standing;
  const level = levelOf(standing, false);
  if (thing.owner !== null || thing.givenBy === null || !able || !level || !isInWorkspace(standing)) return false;
  return thing.givenBy === person || (groundOf(standing).anyEditorTakesBack && level === 'editor');
}

/** WS-3, WS-4: what any place presets, unless it was switched for them; nobody has one who has no place (DEC-2). */
function has(standing: Standing, capability: Capability, override: boolean): boolean {
  const roles = [...rolesOf(standing), ...(override && standing.isOrganizationAdmin ? ['admin'] : [])];
  if (roles.length === 0) return false;
  const switched = groundOf(standing).switches.find(
    (it) => it.person === standing.person && it.capability === capability,
  );
  if (switched) return switched.on;
  const makers = capability === 'audience_viewer' ? ['owner', 'admin'] : ['owner', 'admin', 'creator'];
  return roles.some((role) => makers.includes(role));
}

const capabilityOf = (kind: Kind): Capability => (kind === 'brand_kit' ? 'brand_kits_manager' : 'flows_manager');
const isOver = (until: Date | null, now: Date) => until !== null && until <= now;
const groundOf = ({ land, thing }: Standing): Ground => land.workspaces.find(({ id }) => id === thing.workspace)!;
const isReached = (standing: Standing) =>
  !groundOf(standing).deleted && (standing.key.cut?.includes(standing.thing.workspace) ?? true);
const rolesOf = (standing: Standing) =>
  groundOf(standing)
    .members.filter(({ principal }) => isOrIsIn(standing.land, standing.person, principal))
    .map(({ role }) => role);
const isInWorkspace = (standing: Standing) => rolesOf(standing).length > 0;
const isOrIsIn = (land: Land, person: string, principal: string) =>
  principal === person ||
  land.principals.some(({ id, deleted, people }) => id === principal && !deleted && people.includes(person));

/** What someone has before the cap and without the override: by this a request has come true (REQ-6, REQ-9). */
export function levelBeforeCap(land: Land, person: string, thing: Thing, { override = false, now = new Date() } = {}) {
  const { role, status } = land.people.find(({ id }) => id === person)!;
  if (status !== 'active') return undefined;
  const key = { id: '', person, scopes: [], cut: null, until: null, revoked: false };
  return levelOf({ land, key, person, isOrganizationAdmin: role === 'admin', thing, now }, override);
}

/** The roles that someone has in a workspace by any place. */
export const rolesIn = (land: Land, person: string, workspace: string) =>
  rolesOf({ land, person, thing: { workspace } as Thing } as Standing);
