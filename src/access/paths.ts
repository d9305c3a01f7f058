import { highest, type Level, type Visibility, type WorkspaceRole } from '../terms/ladders.ts';
import type { Place, Switches } from './capabilities.ts';
import type { Path } from './decide.ts';

/** A grant that holds now, to someone or to a group or team of theirs. */
export interface Lent {
  readonly level: 'viewer' | 'editor';
  readonly principal: 'person' | 'group' | 'team';
  /** Who it was given to. */
  readonly through: string;
  /** Of the group or team. */
  readonly name: string | null;
  readonly until: string | null;
}

/** What is the case between one person and one resource: all that section 7 reads, and no judgement of it. */
export interface Ground {
  /** An admin of the organization. */
  readonly admin: boolean;
  /** Their own role in the workspace. */
  readonly role: WorkspaceRole | null;
  /** The roles of teams of theirs in the workspace. */
  readonly teams: readonly { readonly role: WorkspaceRole; readonly name: string }[] | null;
  readonly switches: Switches | null;
  readonly owns: boolean;
  /** Nobody owns it but the organization. */
  readonly organizationOwned: boolean;
  /** Who shared it with the organization: them, someone else, or nobody, since its owner left. */
  readonly givenBy: 'them' | 'other' | null;
  readonly takeBack: 'sharer' | 'any_editor';
  readonly visibility: Visibility;
  readonly everyoneRole: 'viewer' | 'editor';
  /** It lies in a restricted project; `gate` is their role in that, if any (WS-7). */
  readonly restricted: boolean;
  readonly gate: 'viewer' | 'editor' | null;
  readonly deleted: boolean;
  /** Of an integration: whom it is installed for. */
  readonly installed: 'workspace' | 'organization' | null;
  readonly grants: readonly Lent[] | null;
}

/** How someone is in a workspace; an organization admin's place by office is an override (EXT-3, ORG-6). */
export function placesOf({ admin, role, teams }: Pick<Ground, 'admin' | 'role' | 'teams'>): Place[] {
  return [
    ...(role ? [{ role, via: 'member', override: false }] : []),
    ...(teams ?? []).map((team) => ({ role: team.role, via: `team:${team.name}`, override: false })),
    ...(admin ? [{ role: 'admin' as const, via: 'organization admin', override: true }] : []),
  ];
}

/** Every path of section 7 from one person to one resource, and the further rights that come with them. */
export function pathsOf(ground: Ground): Path[] {
  const places = placesOf(ground);
  const placed = places.some(({ override }) => !override);
  const noun = ground.deleted ? 'bin' : 'resource';
  const overrides = places
    .filter(({ role }) => role === 'admin' || role === 'owner')
    .map(
      ({ override }): Path => ({
        noun,
        rung: 'owner',
        via: 'override',
        rule: override ? 'ORG-6' : 'WS-1',
        override: true,
      }),
    );
  const owner: Path[] = ground.owns && placed ? [{ noun, rung: 'owner', via: 'owner', rule: 'VIS-1' }] : [];
  if (ground.deleted) return [...owner, ...overrides];

  const open = [...owner, ...granted(ground), ...(placed ? everyone(ground) : [])];
  return [...open, ...overrides, ...(placed ? taking(ground, open) : [])];
}

/** Whether it is installed for more than they administer: the whole organization (ORG-2), or the workspace (WS-4). */
export function isInstalledBeyond(
  ground: Pick<Ground, 'installed' | 'admin' | 'role' | 'teams'>,
  override: boolean,
): boolean {
  if (ground.installed !== 'workspace') return ground.installed === 'organization' && !ground.admin;
  return !placesOf(ground).some(
    (place) => (override || !place.override) && (place.role === 'admin' || place.role === 'owner'),
  );
}

/** What is private opens to nobody by a grant, whatever was granted before (section 6). */
const granted = ({ grants, visibility }: Ground): Path[] =>
  (visibility === 'private' ? [] : (grants ?? [])).map(({ level, principal, name, through, until }) => ({
    noun: 'resource',
    rung: level,
    via: principal === 'person' ? 'grant' : `${principal}:${name}`,
    rule: principal === 'team' ? 'TEAM-5' : 'GRP-4',
    through,
    ...(until && { until }),
  }));

/** Anyone in the workspace, and in a restricted project those in it, no higher than they are there (VIS-4, WS-7). */
function everyone({ visibility, everyoneRole, restricted, gate }: Ground): Path[] {
  if (visibility !== 'everyone' || (restricted && !gate)) return [];
  const rung = restricted && gate === 'viewer' ? 'viewer' : everyoneRole;
  return [{ noun: 'resource', rung, via: 'everyone', rule: 'VIS-4' }];
}

/** Whoever gave it to the organization takes it back while they can open it; any editor, where the workspace says so (OWN-2). */
function taking({ organizationOwned, givenBy, takeBack }: Ground, open: readonly Path[]): Path[] {
  const level = highest(
    'resource',
    open.map(({ rung }) => rung as Level),
  );
  const may =
    organizationOwned &&
    ((givenBy === 'them' && level) || (givenBy !== null && takeBack === 'any_editor' && level === 'editor'));
  return may ? [{ noun: 'taking', rung: 'taker', via: 'shared it with the organization', rule: 'OWN-2' }] : [];
}
