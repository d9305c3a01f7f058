import { newId, outside } from '../../src/terms/ids.ts';
import { levelBeforeCap } from '../access/reference.ts';
import {
  type Asked,
  administers,
  approveOne,
  grantOf,
  hasComeTrue,
  holdsAlready,
  isFit,
  isInWorkspace,
  lowers,
  type Model,
  personOf,
  reviews,
  ruled,
  setGrant,
  tellOne,
  thingOf,
  type Who,
} from './model.ts';
import { type Draw, idOf } from './moves.ts';

const right = undefined;
const roles = ['viewer', 'editor'] as const;
/** REQ-8. */
const limits = { pending: 20, day: 60 };

/** Of something that is there, open or hidden, in the bin, or of nothing at all: the answer never tells (EXT-6). */
const request: Draw = (model, who, random) => {
  const thing = random.once(8) ? undefined : random.pick(model.things);
  const id = thing?.id ?? newId();
  const role = random.pick(roles);
  const own = model.requests.filter(({ by }) => by === who.person);
  const pending = (now: Date) => own.filter((it) => it.status === 'pending' && !hasComeTrue(model, it, now));
  const same = (now: Date) => pending(now).find((it) => it.thing === id);
  return {
    who,
    name: 'request_access',
    args: { id: thing ? idOf(thing) : outside('workflow', id), role },
    refusal(now) {
      const isOpen = thing && ruled(model, who, 'resource.open', thing, now).outcome === 'allow';
      const has = isOpen && levelBeforeCap(model.land, who.person, thing, { override: who.override, now });
      if (has && (role === 'viewer' || has !== 'viewer')) return 'already_has_access';
      if (same(now)) return right;
      const isFull = pending(now).length >= limits.pending || own.length >= limits.day;
      return isFull || own.some((it) => it.thing === id && it.status === 'denied') ? 'rate_limited' : right;
    },
    apply(answer, now) {
      const known = same(now);
      // Whoever asks again is told what has come true without having been delivered.
      for (const each of own) if (each.status === 'pending' && hasComeTrue(model, each, now)) approveOne(model, each);
      const it: Asked = known ?? {
        id: answer.id,
        by: who.person,
        thing: id,
        level: role,
        status: 'pending',
        delivered: false,
      };
      if (!known) model.requests.push(it);
      const isThere = thing && !thing.binned && hasPlace(model, who, thing.workspace);
      if (isThere && !it.delivered) {
        it.delivered = true;
        for (const person of reviewersOf(model, who.person, thing.id, now)) tellOne(model, person, 'access_requested');
      }
      return answer.id === it.id && answer.status === 'pending' ? right : `${answer.id} is ${answer.status}`;
    },
  };
};

const hasPlace = (model: Model, who: Who, workspace: string) =>
  isInWorkspace(model, who.person, workspace) ||
  (who.override &&
    personOf(model, who.person).role === 'admin' &&
    !model.land.workspaces.find(({ id }) => id === workspace)?.deleted);

/** Whoever reviews, by override too (REQ-2), but not whoever asks. */
const reviewersOf = (model: Model, asker: string, thing: string, now: Date) =>
  model.land.people
    .map(({ id }) => id)
    .filter((id) => id !== asker && reviews(model, { person: id, override: true }, thingOf(model, thing), now));

const decide: Draw = (model, who, random) => {
  if (model.requests.length === 0) return undefined;
  const pending = model.requests.filter(({ status }) => status === 'pending');
  const it = random.pick(pending.length && !random.once(4) ? pending : model.requests);
  const decision = random.pick(['approve', 'approve', 'deny'] as const);
  const role = random.pick([undefined, ...roles]);
  if (personOf(model, it.by).status !== 'active') return undefined;
  const thing = thingOf(model, it.thing);
  const level = role ?? it.level;
  const outcomeOf = (now: Date) => {
    const isReviewer = it.delivered && reviews(model, who, thing, now);
    if (it.by === who.person) return 'permission_denied';
    if (!isReviewer) return 'not_found';
    if (it.status !== 'pending') return 'already_decided';
    if (role === 'editor' && it.level === 'viewer') return 'invalid_argument';
    if (decision === 'deny' || !thing) return right;
    const isAble = isFit(model, who.person, thing) || (who.override && isAbleByOverride(model, who, thing));
    if (!isAble) return 'permission_denied';
    const had = grantOf(thing, it.by, now);
    return had && !holdsAlready(had, level, null) && lowers(had, level, null) ? 'conflict' : right;
  };
  return {
    who,
    name: 'decide_access_requests',
    args: { decisions: [{ id: it.id, decision, ...(role && { role }) }] },
    refusal: () => right,
    apply({ outcomes: [outcome] }, now) {
      const code = outcomeOf(now);
      if (code) return outcome.error?.code === code ? right : `${outcome.error?.code ?? outcome.status}, not ${code}`;
      if (decision === 'approve' && thing) {
        const had = grantOf(thing, it.by, now);
        if (!had || !holdsAlready(had, level, null)) setGrant(thing, it.by, level, null);
        it.level = level;
      }
      it.status = decision === 'approve' ? 'approved' : 'denied';
      tellOne(model, it.by, decision === 'approve' ? 'request_approved' : 'request_denied');
      return outcome.status === it.status ? right : JSON.stringify(outcome);
    },
  };
};

const isAbleByOverride = (model: Model, who: Who, { workspace, kind }: Parameters<typeof isFit>[2]) => {
  const capability = kind === 'brand_kit' ? 'brand_kits_manager' : 'flows_manager';
  const ground = model.land.workspaces.find(({ id }) => id === workspace);
  const switched = ground?.switches.find((it) => it.person === who.person && it.capability === capability);
  return administers(model, who, workspace) && (switched?.on ?? true);
};

const cancel: Draw = (model, who, random) => {
  const own = model.requests.filter(({ by, status }) => by === who.person && status === 'pending');
  if (own.length === 0 && model.requests.length === 0) return undefined;
  const it = random.pick(own.length ? own : model.requests);
  const isOwn = it.by === who.person;
  return {
    who,
    name: 'cancel_access_request',
    args: { id: it.id },
    refusal(now) {
      if (!isOwn)
        return it.delivered && reviews(model, who, thingOf(model, it.thing), now) ? 'permission_denied' : 'not_found';
      return it.status !== 'pending' || hasComeTrue(model, it, now) ? 'already_decided' : right;
    },
    apply({ status }) {
      it.status = 'cancelled';
      return status === 'cancelled' ? right : `it is ${status}`;
    },
  };
};

export const askingMoves: readonly Draw[] = [request, request, request, decide, decide, cancel];
