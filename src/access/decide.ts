import { type Kind, kinds } from '../terms/kinds.ts';
import { highest, ladders, type Noun, type Rung, reaches } from '../terms/ladders.ts';
import { capabilitiesOf, type Place, type Switches } from './capabilities.ts';
import { type Action, type Condition, type Row, rowFor } from './policy.ts';

/** One way in which someone stands on a rung. `override` ones count only where the credential bears that scope (EXT-3). */
export type Path = {
  [N in Noun]: {
    readonly noun: N;
    readonly rung: Rung<N>;
    readonly via: string;
    readonly rule: string;
    readonly override?: boolean;
    /** The person, group or team that a grant was given to. */
    readonly through?: string;
    /** When it ends. */
    readonly until?: string;
  };
}[Noun];

/** All that a decision rests on, from one consistent read (DEC-8). Whoever asks looks these up; `decide` looks nothing up. */
export interface Facts {
  readonly paths: readonly Path[];
  /** How the person is in the workspace that the thing lies in. */
  readonly places: readonly Place[];
  readonly switches: Switches;
  readonly kind?: Kind | undefined;
  readonly holds?: readonly Condition[];
  /** Conditions that hold only where the override path does not count. */
  readonly lifted?: readonly Condition[];
  /** Whether the override path counts: the Studio, or a credential with that scope. */
  readonly override: boolean;
}

/** What stood in the way, which chooses the advice. */
export type Missing = 'rung' | 'capability' | 'condition';

/** `hide` is a refusal that must not betray that there is anything to refuse (EXT-2). */
export interface Decision {
  readonly outcome: 'allow' | 'deny' | 'hide';
  readonly missing?: Missing;
  /** The paths that gave it; of a refusal, those that let its subject be seen. */
  readonly by: readonly Path[];
  readonly because: string;
  /** True where it is allowed, and would not be without the override, so that the log says so (EXT-3). */
  readonly overridden: boolean;
}

/** Decides one action on one thing. Pure: the same facts give the same decision. */
export function decide(action: Action, facts: Facts): Decision {
  const decision = weigh(action, facts);
  const overridden =
    decision.outcome === 'allow' && facts.override && weigh(action, { ...facts, override: false }).outcome !== 'allow';
  return { ...decision, overridden };
}

function weigh(action: Action, facts: Facts): Omit<Decision, 'overridden'> {
  const row = rowFor(action);
  const counted = facts.paths.filter((path) => counts(path, facts));
  const seen = counted.filter(({ noun }) => noun === row.on);
  const by = counted.filter((path) => suffices(row, path));

  if (seen.length === 0) return { outcome: 'hide', by: [], because: 'No path leads there.' };
  if (by.length === 0 && row.hidden) return { outcome: 'hide', by: [], because: 'No path leads there.' };
  if (by.length === 0) {
    return {
      outcome: 'deny',
      missing: 'rung',
      by: seen,
      because: `It takes ${needs(row)}; ${stands(row.on, seen)} is not enough.`,
    };
  }
  if (!capable(row, facts)) {
    return {
      outcome: 'deny',
      missing: 'capability',
      by,
      because: `It takes the capability ${capability(row, facts)} in this workspace.`,
    };
  }
  const holds = [...(facts.holds ?? []), ...(facts.override ? [] : (facts.lifted ?? []))];
  const obstacle = row.unless?.find((condition) => holds.includes(condition));
  if (obstacle) return { outcome: 'deny', missing: 'condition', by, because: obstacles[obstacle] };
  return { outcome: 'allow', by, because: `${row.rule}: it takes ${needs(row)}.` };
}

/** The highest rung that counted paths give of a resource, before the cap (DEC-1). */
export function rungOf({ paths, override }: Pick<Facts, 'paths' | 'override'>): Rung<'resource'> | undefined {
  const counted = paths.filter((path) => path.noun === 'resource' && (override || !path.override));
  return highest(
    'resource',
    counted.map(({ rung }) => rung as Rung<'resource'>),
  );
}

/** The plainest of the paths that give the highest rung, as rows show it; of several groups or teams, the newest. */
export function viaOf(facts: Pick<Facts, 'paths' | 'override'>): string {
  const rung = rungOf(facts);
  const giving = facts.paths.filter(
    (path) => path.noun === 'resource' && path.rung === rung && (facts.override || !path.override),
  );
  const key = ({ via, through = '' }: Path) => `${plainness(via)}${via.split(':', 1)[0]}:${through}`;
  return giving.toSorted((a, b) => (key(a) > key(b) ? -1 : 1))[0]?.via ?? '';
}

/** How plainly a path says why: one's own first, an override last. */
export const plainness = (via: string): string =>
  ({ owner: '9', grant: '8', everyone: '5', override: '0' })[via] ?? '7';

/** The level after the cap (DEC-3): an editor without the capability reads; an owner stays owner. */
export function levelOf(facts: Facts): Rung<'resource'> | undefined {
  const level = rungOf(facts);
  return level === 'editor' && !hasCapability('kind', facts) ? 'viewer' : level;
}

const obstacles: Record<Condition, string> = {
  own_request: 'Nobody decides their own request (REQ-4).',
  anothers_request: 'Only whoever asked takes a request back (REQ-5).',
  anothers_organization: 'Whoever made the organization deletes it, as long as they are an admin of it (ORG-9).',
  last_admin: 'An organization keeps at least one active admin (ORG-2, GRP-5).',
  installed:
    'It is installed for others, and those who may install it change it: admins of the workspace (WS-4), or of the organization (ORG-2).',
};

/** An override counts where the credential bears that scope; whoever takes back has the capability (OWN-2). */
const counts = (path: Path, facts: Facts): boolean =>
  (facts.override || !path.override) && (path.noun !== 'taking' || hasCapability('kind', facts));

const suffices = (row: Row, path: Path): boolean => {
  const least = row.to[path.noun];
  return least !== undefined && reaches(path.noun, path.rung as never, least as never);
};

const capability = (row: Row, { kind }: Facts) => (row.cap === 'kind' ? kinds[kind as Kind] : row.cap);

const capable = (row: Row, facts: Facts): boolean => !row.cap || hasCapability(row.cap, facts);

function hasCapability(cap: NonNullable<Row['cap']>, facts: Facts): boolean {
  const needed = cap === 'kind' ? facts.kind && kinds[facts.kind] : cap;
  const places = facts.places.filter((place) => facts.override || !place.override);
  return needed !== undefined && capabilitiesOf(places, facts.switches).includes(needed);
}

const needs = ({ to }: Row) =>
  Object.entries(to)
    .map(([noun, rung]) => (noun === 'taking' ? 'the right to take it back' : rung))
    .join(' or ');

const stands = (noun: Noun, seen: readonly Path[]) =>
  (ladders[noun] as readonly string[]).findLast((rung) => seen.some((path) => path.rung === rung)) ?? 'none';
