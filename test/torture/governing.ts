import { outside } from '../../src/terms/ids.ts';
import type { Circle, Ground } from '../access/land.ts';
import { rolesIn } from '../access/reference.ts';
import { become, finds, isFit, type Model, personOf, settleAll, tellOne, type Who } from './model.ts';
import type { Draw, Move } from './moves.ts';

const right = undefined;
const isAdmin = (model: Model, { person }: Who) => personOf(model, person).role === 'admin';

/** Whom an admin acts on: anyone but themself; whoever is no admin is refused, and is not told of those they do not find (DIR-1). */
function refusalFor(model: Model, who: Who, other: string): string | undefined {
  const { status } = personOf(model, other);
  if (status === 'removed' || !(isAdmin(model, who) || finds(model, who.person, other))) return 'not_found';
  return isAdmin(model, who) ? right : 'permission_denied';
}

const endKeys = (model: Model, person: string) => {
  for (const it of model.keys) if (it.person === person) model.ended.add(it);
};

/** Suspends someone, or lets them in again (ORG-12). */
const status: Draw = (model, who, random) => {
  const suspended = model.land.people.filter(({ status: now }) => now === 'suspended');
  const other = random.pick(suspended.length > 0 && !random.once(4) ? suspended : model.land.people);
  if (other.id === who.person) return undefined;
  const to = other.status === 'suspended' ? 'active' : 'suspended';
  return {
    who,
    name: 'set_member_status',
    args: { id: outside('person', other.id), status: to },
    isConfirmed: true,
    refusal: () => refusalFor(model, who, other.id),
    apply(answer, now) {
      become(other, { status: to });
      if (to === 'suspended') endKeys(model, other.id);
      settleAll(model, now);
      return answer.status === to ? right : `they are ${answer.status}`;
    },
  };
};

/** Removes someone from the organization; what they owned goes to whom the call names, where fit (ORG-8, OWN-3). */
const removal: Draw = (model, who, random) => {
  const { people } = model.land;
  const other = random.pick(people.filter(({ id }) => id !== who.person));
  if (people.filter((it) => it.status === 'active').length < 4) return undefined;
  const heir = random.once(2) ? undefined : random.pick(people).id;
  return {
    who,
    name: 'remove_member',
    args: { id: outside('person', other.id), ...(heir && { successor: outside('person', heir) }) },
    isConfirmed: true,
    refusal() {
      const code = refusalFor(model, who, other.id);
      if (code) return code;
      if (heir && !finds(model, who.person, heir)) return 'not_found';
      if (heir === other.id) return 'invalid_argument';
      if (heir === who.person && !who.override) return 'permission_denied';
      return right;
    },
    apply(answer, now) {
      leaveBehind(model, other.id, keeperOf(model, who, heir));
      handOn(model, other.id, heir);
      endAll(model, other.id);
      settleAll(model, now);
      return answer.removed === outside('person', other.id) ? right : `${answer.removed} was removed`;
    },
  };
};

/** Makes someone admin, member or guest; a guest keeps no office (ORG-10). */
const role: Draw = (model, who, random) => {
  const other = random.pick(model.land.people.filter(({ id }) => id !== who.person));
  const to = random.pick(['admin', 'member', 'member', 'guest'] as const);
  return {
    who,
    name: 'set_member_role',
    args: { id: outside('person', other.id), role: to },
    isConfirmed: true,
    refusal: () => refusalFor(model, who, other.id),
    apply(answer, now) {
      if (to === 'guest' && other.role !== 'guest') {
        leaveBehind(model, other.id, keeperOf(model, who, undefined));
        endOffices(model, other.id);
      }
      become(other, { role: to });
      settleAll(model, now);
      return answer.role === to ? right : `they are ${answer.role}`;
    },
  };
};

const isActive = (model: Model, id: string) => personOf(model, id).status === 'active';

/** Who becomes owner of what would have none: whom the call names, unless they are a guest, else whoever makes it (GRP-5, ORG-10). */
const keeperOf = (model: Model, who: Who, heir: string | undefined): string =>
  heir && isActive(model, heir) && personOf(model, heir).role !== 'guest' ? heir : who.person;

/** Its active owners, by places of their own or by teams. */
export const ownersOf = (model: Model, { members }: Ground): string[] =>
  members
    .filter((it) => it.role === 'owner')
    .flatMap(({ principal }) => {
      const team = model.land.principals.find(({ id }) => id === principal);
      return team ? (team.deleted ? [] : team.people) : [principal];
    })
    .filter((id) => isActive(model, id));

const isOwnedByAlone = (owners: readonly string[], person: string) =>
  owners.includes(person) && owners.every((id) => id === person);

function leaveBehind(model: Model, person: string, keeper: string): void {
  const had = new Set([person]);
  for (const group of model.land.principals) {
    if (group.sort !== 'group' || group.deleted || group.roles[person] !== 'owner' || !group.people.includes(person))
      continue;
    const owners = group.people.filter((id) => group.roles[id] === 'owner' && (had.has(id) || isActive(model, id)));
    if (isOwnedByAlone(owners, person)) put(group, keeper, 'owner');
  }
  for (const ground of model.land.workspaces) {
    const isOwner = rolesIn(model.land, person, ground.id).includes('owner');
    const others = ownersOf(model, ground).filter((id) => id !== person);
    if (isOwner && others.length === 0)
      become(ground, {
        members: [...ground.members.filter((it) => it.principal !== keeper), { principal: keeper, role: 'owner' }],
      });
  }
}

const put = (circle: Circle, person: string, as: 'owner') =>
  become(circle, {
    people: [...circle.people.filter((it) => it !== person), person],
    roles: { ...circle.roles, [person]: as },
  });

function handOn(model: Model, person: string, heir: string | undefined): void {
  const owned = model.things.filter(({ owner }) => owner === person);
  const fit = owned.filter((thing) => heir !== undefined && isFit(broughtBack(model), heir, thing));
  for (const thing of owned) become(thing, { owner: null, givenBy: null });
  for (const thing of fit) {
    become(thing, { owner: heir as string });
    tellOne(model, heir as string, 'handed_over');
  }
}

/** As it would be with every workspace brought back: what lies in a deleted one is handed on as well (ORG-9). */
const broughtBack = (model: Model): Model => ({
  ...model,
  land: { ...model.land, workspaces: model.land.workspaces.map((it) => ({ ...it, deleted: false })) },
});

function endAll(model: Model, person: string): void {
  const { land, things, requests } = model;
  for (const it of requests) if (it.by === person && it.status === 'pending') it.status = 'cancelled';
  for (const thing of things) become(thing, { grants: thing.grants.filter(({ principal }) => principal !== person) });
  for (const it of land.workspaces)
    become(it, {
      members: it.members.filter(({ principal }) => principal !== person),
      switches: it.switches.filter((one) => one.person !== person),
    });
  for (const it of land.projects) become(it, { members: it.members.filter(({ principal }) => principal !== person) });
  for (const it of land.principals) become(it, { people: it.people.filter((id) => id !== person) });
  become(personOf(model, person), { status: 'removed' });
  endKeys(model, person);
}

function endOffices(model: Model, person: string): void {
  const { land } = model;
  const isRun = ({ id }: Circle) =>
    land.workspaces.some(({ members }) =>
      members.some(({ principal, role: held }) => principal === id && (held === 'admin' || held === 'owner')),
    );
  for (const it of land.principals) {
    if (!it.people.includes(person)) continue;
    if (it.sort === 'team' && isRun(it)) become(it, { people: it.people.filter((id) => id !== person) });
    else become(it, { roles: { ...it.roles, [person]: it.sort === 'group' ? 'viewer' : 'member' } });
  }
  for (const it of land.workspaces)
    become(it, {
      members: it.members.map((one) =>
        one.principal === person && (one.role === 'admin' || one.role === 'owner') ? { ...one, role: 'creator' } : one,
      ),
    });
}

/** Mostly by those who may, and so seldom that whom they govern are there for long. */
const seldom =
  (draw: Draw, every: number): Draw =>
  (model, who, random): Move | undefined =>
    random.once(isAdmin(model, who) ? every : 4 * every) ? draw(model, who, random) : undefined;

export const governingMoves: readonly Draw[] = [
  seldom(status, 1),
  seldom(status, 1),
  seldom(removal, 3),
  seldom(role, 1),
];
