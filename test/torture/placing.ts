import { outside } from '../../src/terms/ids.ts';
import { administers, become, circleOf, finds, isInWorkspace, settleAll } from './model.ts';
import type { Draw } from './moves.ts';

const right = undefined;

/** By an owner of the group, since whoever is less is refused in ways of its own. */
const staff: Draw = (model, who, random) => {
  const owned = model.land.principals.filter(
    (it) => !it.deleted && it.sort === 'group' && it.roles[who.person] === 'owner',
  );
  if (owned.length === 0) return undefined;
  const group = random.pick(owned);
  const others = model.land.people.filter(({ id, status }) => id !== who.person && status === 'active');
  if (others.length === 0) return undefined;
  const other = random.pick(others).id;
  const isIn = group.people.includes(other);
  if (isIn && group.roles[other] === 'owner') return undefined;
  const person = outside('person', other);
  return {
    who,
    name: 'update_group_members',
    args: { id: outside('group', group.id), ...(isIn ? { remove: [person] } : { set: [{ person, role: 'viewer' }] }) },
    isConfirmed: true,
    refusal: () => (isIn || finds(model, who.person, other) ? right : 'not_found'),
    apply({ changed }, now) {
      const people = isIn ? group.people.filter((it) => it !== other) : [...group.people, other];
      become(circleOf(model, group.id), { people, roles: { ...group.roles, [other]: 'viewer' } });
      settleAll(model, now);
      return changed === 1 ? right : `${changed} were changed`;
    },
  };
};

/** Whoever administers the workspace gives someone another role in it, or switches what they may do. */
const place: Draw = (model, who, random) => {
  const grounds = model.land.workspaces.filter(({ id, deleted }) => !deleted && administers(model, who, id));
  if (grounds.length === 0) return undefined;
  const ground = random.pick(grounds);
  const other = random.pick(model.land.people.filter(({ id }) => id !== who.person)).id;
  const was = ground.members.find(({ principal }) => principal === other)?.role;
  if (was === 'owner' || was === 'admin' || !finds(model, who.person, other)) return undefined;
  const role = random.pick(['viewer', 'creator'] as const);
  const flows = random.pick(['on', 'off', 'reset'] as const);
  const about = { id: outside('person', other), workspace: outside('workspace', ground.id) };
  if (random.once(2) && isInWorkspace(model, other, ground.id)) {
    const switches = ground.switches.filter((it) => it.person !== other || it.capability !== 'flows_manager');
    const on = { person: other, capability: 'flows_manager', on: flows === 'on' } as const;
    return {
      who,
      name: 'set_member_capabilities',
      args: { ...about, flows_manager: flows },
      refusal: () => right,
      apply: () => void become(ground, { switches: flows === 'reset' ? switches : [...switches, on] }),
    };
  }
  return {
    who,
    name: 'set_member_role',
    args: { ...about, role },
    isConfirmed: true,
    refusal: () => right,
    apply(answer, now) {
      become(ground, {
        members: [...ground.members.filter((it) => it.principal !== other), { principal: other, role }],
      });
      settleAll(model, now);
      return answer.role === role ? right : `they are ${answer.role}`;
    },
  };
};

export const placingMoves: readonly Draw[] = [staff, place];
