import type { Circle, Land, Lent, Resident, Thing } from '../access/land.ts';
import { judge, judgeCreating, levelBeforeCap, rolesIn, type ThingAction } from '../access/reference.ts';

/** A request as the model keeps it. */
export interface Asked {
  /** As callers see it. */
  readonly id: string;
  readonly by: string;
  readonly thing: string;
  level: Lent;
  status: 'pending' | 'approved' | 'denied' | 'cancelled';
  /** Whoever reviews was told: it was there, live, and where the requester has a place (EXT-6). */
  delivered: boolean;
}

/** One organization in memory, by the rules of SPEC alone: the land, and what comes and goes on it. */
export interface Model {
  readonly land: Land;
  readonly things: Thing[];
  readonly revisions: Map<string, number>;
  readonly names: Map<string, string>;
  readonly requests: Asked[];
  /** What each person was told, oldest first. */
  readonly told: Map<string, { event: string; read: boolean }[]>;
  /** Whose keys have ended, since they were suspended or removed; a key that is made later holds (ORG-12). */
  readonly ended: Set<Who>;
  readonly keys: readonly Who[];
}

/** Who asks by which key: whether that bears `override`, to which workspaces it is cut, and whether it only reads. */
export interface Who {
  readonly person: string;
  readonly override: boolean;
  readonly cut?: readonly string[];
  readonly reads?: boolean;
}

export function modelOf(land: Land, keys: readonly Who[]): Model {
  return {
    land,
    things: land.resources as Thing[],
    revisions: new Map(land.resources.map(({ id }) => [id, 1])),
    names: new Map(land.resources.map(({ id, name }) => [id, name])),
    requests: [],
    told: new Map(land.people.map(({ id }) => [id, []])),
    ended: new Set(),
    keys,
  };
}

/** Facts of the model are changed in place. */
export const become = <T extends object>(it: T, changes: Partial<T>): T => Object.assign(it, changes);

const keyOf = ({ person, override, cut = undefined }: Who) => ({
  id: '',
  person,
  scopes: override ? (['override'] as const) : [],
  cut: cut ?? null,
  until: null,
  revoked: false,
});

export const ruled = ({ land }: Model, who: Who, action: ThingAction, thing: Thing, now: Date) =>
  judge(land, keyOf(who), action, thing, now) ?? { outcome: 'hide' as const, level: undefined, overridden: false };

/** The code that a refusal has, nothing where it is allowed. */
export const codeOf = (outcome: 'allow' | 'deny' | 'hide' | undefined): string | undefined =>
  outcome === 'allow' ? undefined : outcome === 'deny' ? 'permission_denied' : 'not_found';

/** Whether someone has a place there and the capability, without the override: fit to create and to own (OWN-2, OWN-3). */
export const isFit = ({ land }: Model, person: string, { workspace, kind }: Pick<Thing, 'workspace' | 'kind'>) =>
  judgeCreating(land, keyOf({ person, override: false }), workspace, kind) === 'allow';

export const mayCreate = ({ land }: Model, who: Who, workspace: string) =>
  codeOf(judgeCreating(land, keyOf(who), workspace, 'workflow'));

export const personOf = ({ land }: Model, id: string) => land.people.find((it) => it.id === id) as Resident;
export const circleOf = ({ land }: Model, id: string) => land.principals.find((it) => it.id === id) as Circle;
export const sortOf = ({ land }: Model, id: string) => land.principals.find((it) => it.id === id)?.sort ?? 'person';
export const isOpenGround = ({ land }: Model, id: string) => !land.workspaces.find((it) => it.id === id)?.deleted;

/** Whom someone finds (DIR-1). */
export function finds(model: Model, person: string, other: string): boolean {
  const { land } = model;
  const me = personOf(model, person);
  const circle = land.principals.find((it) => it.id === other);
  if (circle) {
    const knows = circle.people.includes(person) || (circle.isPublic && me.role !== 'guest');
    return !circle.deleted && (knows || (circle.sort === 'team' && me.role === 'admin'));
  }
  const them = personOf(model, other);
  if (them.status !== 'active') return false;
  if (me.role === 'admin' || person === other || (me.role !== 'guest' && them.role !== 'guest')) return true;
  const together = land.principals.some((it) => !it.deleted && it.people.includes(person) && it.people.includes(other));
  const near = land.workspaces.some(
    ({ id, deleted }) => !deleted && [person, other].every((it) => rolesIn(land, it, id).length > 0),
  );
  return together || near;
}

export const isInWorkspace = ({ land }: Model, person: string, workspace: string) =>
  isOpenGround({ land } as Model, workspace) && rolesIn(land, person, workspace).length > 0;

export const administers = ({ land }: Model, { person, override }: Who, workspace: string) =>
  rolesIn(land, person, workspace).some((role) => role === 'admin' || role === 'owner') ||
  (override && land.people.some((it) => it.id === person && it.role === 'admin'));

export const thingOf = ({ things }: Model, id: string) => things.find((it) => it.id === id);

/** Whether someone reviews what is asked for it (REQ-2), by whatever path that counts for them. */
export function reviews(model: Model, who: Who, thing: Thing | undefined, now: Date): boolean {
  if (!thing || thing.binned || !isOpenGround(model, thing.workspace)) return false;
  const { person, override } = who;
  if (personOf(model, person).status !== 'active') return false;
  if (levelBeforeCap(model.land, person, thing, { override, now }) === 'owner') return true;
  const opens = levelBeforeCap(model.land, person, thing, { now }) !== undefined;
  return thing.owner === null && opens && administers(model, { person, override: false }, thing.workspace);
}

export const tellOne = (model: Model, person: string, event: string): void =>
  void model.told.get(person)?.push({ event, read: false });

/** Approves what has come true by another way, and tells whoever asked (REQ-6). */
export function settleAll(model: Model, now: Date): void {
  for (const it of model.requests) {
    if (it.status !== 'pending' || !it.delivered || !hasComeTrue(model, it, now)) continue;
    approveOne(model, it);
  }
}

export function approveOne(model: Model, it: Asked): void {
  it.status = 'approved';
  tellOne(model, it.by, 'request_approved');
}

export function hasComeTrue(model: Model, { thing: id, by, level }: Asked, now: Date): boolean {
  const thing = thingOf(model, id);
  const has = thing && levelBeforeCap(model.land, by, thing, { now });
  return has !== undefined && (level === 'viewer' || has !== 'viewer');
}

/** Does a change by which people may lose a thing, and tells those who do, and its old owner (section 10). */
export function taking(model: Model, thing: Thing, event: string, owner: string | null, now: Date, change: () => void) {
  const those = () =>
    model.land.people
      .filter(({ id }) => levelBeforeCap(model.land, id, thing, { override: true, now }))
      .map(({ id }) => id);
  const before = those();
  change();
  const after = new Set(those());
  for (const id of new Set([...before.filter((it) => !after.has(it)), ...(owner ? [owner] : [])]))
    tellOne(model, id, event);
}

/** The grant that a principal holds now (DEC-4). */
export const grantOf = ({ grants }: Thing, principal: string, now: Date) =>
  grants.find((it) => it.principal === principal && !(it.until && it.until <= now));

export function setGrant(thing: Thing, principal: string, level: Lent, until: Date | null): void {
  become(thing, {
    grants: [...thing.grants.filter((it) => it.principal !== principal), { principal, level, until }],
    ...(thing.visibility === 'private' && { visibility: 'shared' }),
  });
}

export const dropGrant = (thing: Thing, principal: string) =>
  become(thing, { grants: thing.grants.filter((it) => it.principal !== principal) });

/** Whether what is held is as much and as long, and whether it is more or longer (section 14). */
export const holdsAlready = (had: Thing['grants'][number], level: Lent, until: Date | null) =>
  (had.level === 'editor' || level === 'viewer') && !isSooner(had.until, until);
export const lowers = (had: Thing['grants'][number], level: Lent, until: Date | null) =>
  (had.level === 'editor' && level === 'viewer') || isSooner(until, had.until);
const isSooner = (a: Date | null, b: Date | null) => a !== null && (b === null || a < b);
