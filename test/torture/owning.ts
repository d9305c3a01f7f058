import { outside } from '../../src/terms/ids.ts';
import type { Lent } from '../access/land.ts';
import { become, codeOf, dropGrant, finds, isFit, ruled, setGrant, settleAll, taking } from './model.ts';
import { type Draw, idOf } from './moves.ts';

const right = undefined;
const roles = ['viewer', 'editor'] as const;

const visibility: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  const to = random.pick(['private', 'shared', 'everyone'] as const);
  const role: Lent = to === 'everyone' ? random.pick(roles) : 'editor';
  const gives = to === 'everyone' && role === 'editor' && random.once(3);
  const isGiven = thing.owner === null;
  const isLowered = to !== 'everyone' || (thing.everyone === 'editor' && role === 'viewer');
  return {
    who,
    name: 'set_visibility',
    args: {
      id: idOf(thing),
      visibility: to,
      ...(to === 'everyone' && { everyone_role: role }),
      ...(gives && { organization_owned: true }),
    },
    isConfirmed: true,
    refusal(now) {
      const code = codeOf(
        ruled(model, who, to === 'private' ? 'resource.withdraw' : 'resource.publish', thing, now).outcome,
      );
      if (code || !isGiven || !isLowered) return code;
      if (thing.givenBy === null) return 'permission_denied';
      if (to !== 'private') return 'invalid_argument';
      return isFit(model, who.person, thing) ? right : 'permission_denied';
    },
    apply(answer, now) {
      const owned = gives ? { owner: null, givenBy: isGiven ? thing.givenBy : who.person } : {};
      const back = isGiven && isLowered ? { owner: who.person, givenBy: null } : {};
      const change = () =>
        become(thing, { visibility: to, everyone: role, ...owned, ...back, ...(to === 'private' && { grants: [] }) });
      const old = thing.owner ?? thing.givenBy;
      if (to !== 'private') change();
      else taking(model, thing, isGiven ? 'taken_back' : 'made_private', old === who.person ? null : old, now, change);
      settleAll(model, now);
      return answer.visibility === to ? right : `it is ${answer.visibility}`;
    },
  };
};

const transfer: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  const to = random.pick(model.land.people.filter(({ id }) => id !== who.person)).id;
  const keep = random.pick([undefined, 'editor', 'viewer'] as const);
  return {
    who,
    name: 'transfer_ownership',
    args: { id: idOf(thing), to: outside('person', to), ...(keep && { keep }) },
    isConfirmed: true,
    refusal(now) {
      const code = codeOf(ruled(model, who, 'resource.transfer', thing, now).outcome);
      if (code) return code;
      if (!finds(model, who.person, to)) return 'not_found';
      return to === thing.owner || !isFit(model, to, thing) ? 'invalid_argument' : right;
    },
    apply(_, now) {
      const old = thing.owner;
      taking(model, thing, 'transferred', old, now, () => {
        become(thing, { owner: to, givenBy: null });
        if (old && keep) setGrant(thing, old, keep, null);
        else if (old) dropGrant(thing, old);
      });
      settleAll(model, now);
      return right;
    },
  };
};

export const owningMoves: readonly Draw[] = [visibility, visibility, transfer];
