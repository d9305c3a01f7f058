import { outside } from '../../src/terms/ids.ts';
import { rolesIn } from '../access/reference.ts';
import { ownersOf } from './governing.ts';
import { administers, become, finds, isInWorkspace, type Model, personOf, settleAll, type Who } from './model.ts';
import type { Draw } from './moves.ts';

const right = undefined;
const activeOthers = (model: Model, who: Who) =>
  model.land.people.filter(({ id, status }) => id !== who.person && status === 'active');

/** By a manager of the team or an admin (TEAM-1, TEAM-4): puts someone in, as member or manager, or takes them out. */
const team: Draw = (model, who, random) => {
  const isAdmin = personOf(model, who.person).role === 'admin';
  const managed = model.land.principals.filter(
    (it) =>
      it.sort === 'team' &&
      !it.deleted &&
      (isAdmin || (it.people.includes(who.person) && it.roles[who.person] === 'manager')),
  );
  const others = activeOthers(model, who);
  if (managed.length === 0 || others.length === 0) return undefined;
  const it = random.pick(managed);
  const other = random.pick(others);
  const isIn = it.people.includes(other.id);
  const to = isIn && random.once(2) ? undefined : random.pick(['member', 'manager'] as const);
  const person = outside('person', other.id);
  const run = model.land.workspaces.filter(
    ({ deleted, past, members }) =>
      !(deleted && past) &&
      members.some(({ principal, role }) => principal === it.id && (role === 'admin' || role === 'owner')),
  );
  const isIdle = isIn && to === it.roles[other.id];
  const after = to
    ? [...it.people.filter((id) => id !== other.id), other.id]
    : it.people.filter((id) => id !== other.id);
  return {
    who,
    name: 'update_team_members',
    args: { id: outside('team', it.id), ...(to ? { set: [{ person, role: to }] } : { remove: [person] }) },
    isConfirmed: true,
    refusal() {
      if (!isIn && !finds(model, who.person, other.id)) return 'not_found';
      const mayAdmit = isAdmin || run.every(({ id }) => rolesIn(model.land, who.person, id).includes('owner'));
      if (to && !isIn && !mayAdmit) return 'permission_denied';
      if (to && !isIdle && other.role === 'guest' && (run.length > 0 || to === 'manager')) return 'invalid_argument';
      return leavesUnowned(model, it.id, after) ? 'conflict' : right;
    },
    apply({ changed }, now) {
      become(it, { people: after, roles: { ...it.roles, ...(to && { [other.id]: to }) } });
      settleAll(model, now);
      return changed === (isIdle ? 0 : 1) ? right : `${changed} were changed`;
    },
  };
};

/** Whether a workspace that has an owner has none with these people in the team (GRP-5). */
function leavesUnowned(model: Model, team: string, people: readonly string[]): boolean {
  const land = {
    ...model.land,
    principals: model.land.principals.map((it) => (it.id === team ? { ...it, people } : it)),
  };
  return model.land.workspaces.some(
    (it) => !(it.deleted && it.past) && ownersOf(model, it).length > 0 && ownersOf({ ...model, land }, it).length === 0,
  );
}

/** By whoever administers the workspace: who is in a project and as what, and whether that counts (WS-7). */
const project: Draw = (model, who, random) => {
  const run = model.land.projects.filter(
    (it) =>
      !it.deleted &&
      !model.land.workspaces.find(({ id }) => id === it.workspace)?.deleted &&
      administers(model, who, it.workspace),
  );
  const others = activeOthers(model, who);
  if (run.length === 0 || others.length === 0) return undefined;
  const it = random.pick(run);
  const id = outside('project', it.id);
  if (random.once(2)) {
    const mode = random.pick(['open', 'restricted'] as const);
    return {
      who,
      name: 'update_project',
      args: { id, mode },
      refusal: () => right,
      apply(answer, now) {
        become(it, { restricted: mode === 'restricted' });
        settleAll(model, now);
        return answer.mode === mode ? right : `it is ${answer.mode}`;
      },
    };
  }
  const other = random.pick(others).id;
  const was = it.members.find(({ principal }) => principal === other)?.role;
  const to = was && random.once(2) ? undefined : random.pick(['viewer', 'editor'] as const);
  const named = `person:${outside('person', other)}`;
  return {
    who,
    name: 'update_project_members',
    args: { id, ...(to ? { set: [{ with: named, role: to }] } : { remove: [named] }) },
    isConfirmed: true,
    refusal() {
      if (!was && !finds(model, who.person, other)) return 'not_found';
      return to && !isInWorkspace(model, other, it.workspace) ? 'invalid_argument' : right;
    },
    apply({ changed }, now) {
      const members = it.members.filter(({ principal }) => principal !== other);
      become(it, { members: to ? [...members, { principal: other, role: to }] : members });
      settleAll(model, now);
      return changed === (was === to ? 0 : 1) ? right : `${changed} were changed`;
    },
  };
};

export const groupingMoves: readonly Draw[] = [team, project];
