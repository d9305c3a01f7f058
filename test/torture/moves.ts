import { inside, outside } from '../../src/terms/ids.ts';
import type { Thing } from '../access/land.ts';
import type { Answer } from './caller.ts';
import {
  become,
  codeOf,
  dropGrant,
  finds,
  grantOf,
  holdsAlready,
  isInWorkspace,
  lowers,
  type Model,
  mayCreate,
  ruled,
  setGrant,
  settleAll,
  sortOf,
  type Who,
} from './model.ts';
import type { Random } from './seeded.ts';

/** One write, and what the rules say of it at a given instant. */
export interface Move {
  readonly who: Who;
  readonly name: string;
  readonly args: Answer;
  /** It is previewed first. */
  readonly isConfirmed?: boolean;
  /** The code of the refusal; nothing where it is done. */
  refusal(now: Date): string | undefined;
  /** Does it in the model; answers what is wrong with what was answered, if anything is. */
  apply(answer: Answer, now: Date): string | undefined;
}

export const idOf = ({ kind, id }: Pick<Thing, 'kind' | 'id'>) => outside(kind, id);
const named = (model: Model, id: string) => `${sortOf(model, id)}:${outside(sortOf(model, id), id)}`;
const right = undefined;
const roles = ['viewer', 'editor'] as const;

export type Draw = (model: Model, who: Who, random: Random) => Move | undefined;

const create: Draw = (model, who, random) => {
  if (model.things.length > 40) return undefined;
  const workspace = random.pick(model.land.workspaces).id;
  return {
    who,
    name: 'create_workflow',
    args: { name: `New ${random.below(1e6)}`, document: {}, workspace: outside('workspace', workspace) },
    refusal: () => mayCreate(model, who, workspace),
    apply({ id, name, access, visibility }) {
      const uuid = inside('workflow', id) as string;
      model.things.push({
        id: uuid,
        kind: 'workflow',
        name,
        workspace,
        project: null,
        owner: who.person,
        givenBy: null,
        visibility: 'private',
        everyone: 'editor',
        binned: false,
        installed: null,
        grants: [],
      });
      model.revisions.set(uuid, 1);
      model.names.set(uuid, name);
      return visibility === 'private' && access === 'owner' ? right : `made ${visibility} and ${access}`;
    },
  };
};

const edit: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  const newest = model.revisions.get(thing.id) as number;
  const revision = random.once(6) && newest > 1 ? newest - 1 : newest;
  const name = `Named ${random.below(1e6)}`;
  return {
    who,
    name: 'edit_resource',
    args: { id: idOf(thing), revision, name },
    refusal: (now) =>
      codeOf(ruled(model, who, 'resource.edit', thing, now).outcome) ?? (revision === newest ? right : 'conflict'),
    apply(answer) {
      model.revisions.set(thing.id, newest + 1);
      model.names.set(thing.id, name);
      return answer.revision === newest + 1 && answer.name === name ? right : `revision ${answer.revision}`;
    },
  };
};

const remove: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  return {
    who,
    name: 'delete_resource',
    args: { id: idOf(thing) },
    isConfirmed: true,
    refusal: (now) => codeOf(ruled(model, who, 'resource.delete', thing, now).outcome),
    apply({ deleted }) {
      become(thing, { binned: true });
      return deleted === true ? right : 'it is not deleted';
    },
  };
};

const restore: Draw = (model, who, random) => {
  const binned = model.things.filter((it) => it.binned);
  const thing = random.pick(binned.length ? binned : model.things);
  return {
    who,
    name: 'restore_resource',
    args: { id: idOf(thing) },
    refusal: (now) => codeOf(ruled(model, who, 'resource.restore', thing, now).outcome),
    apply(answer, now) {
      become(thing, { binned: false });
      settleAll(model, now);
      return answer.id === idOf(thing) ? right : 'another was restored';
    },
  };
};

const share: Draw = (model, who, random) => {
  const thing = random.pick(model.things);
  const to = random.pick([...model.land.people, ...model.land.principals].filter(({ id }) => id !== who.person)).id;
  const role = random.pick(roles);
  const until = random.once(5) ? new Date(Date.now() + 300 + random.below(3_000)) : null;
  return {
    who,
    name: 'share_resource',
    args: { id: idOf(thing), with: named(model, to), role, ...(until && { expires_at: until.toISOString() }) },
    refusal(now) {
      const code = codeOf(ruled(model, who, 'resource.share', thing, now).outcome);
      if (code) return code;
      if (!finds(model, who.person, to)) return 'not_found';
      if (to === thing.owner && isInWorkspace(model, to, thing.workspace)) return 'already_has_access';
      if (until && until <= now) return 'invalid_argument';
      const had = grantOf(thing, to, now);
      return had && !holdsAlready(had, role, until) && lowers(had, role, until) ? 'conflict' : right;
    },
    apply({ granted }, now) {
      const had = grantOf(thing, to, now);
      const kept = had && holdsAlready(had, role, until) ? had : { level: role, until };
      setGrant(thing, to, kept.level, kept.until);
      settleAll(model, now);
      return granted.role === kept.level ? right : `granted ${granted.role}`;
    },
  };
};

const unshare: Draw = (model, who, random) => {
  const shared = model.things.filter(({ grants }) => grants.length > 0);
  const thing = random.pick(shared.length ? shared : model.things);
  const to = random.once(4) || thing.grants.length === 0 ? who.person : random.pick(thing.grants).principal;
  const action = to === who.person ? 'resource.drop' : 'resource.unshare';
  const isGranted = thing.grants.some(({ principal }) => principal === to);
  const isNamed = sortOf(model, to) === 'person' && isGranted;
  return {
    who,
    name: 'unshare_resource',
    args: { id: idOf(thing), with: named(model, to) },
    refusal: (now) =>
      codeOf(ruled(model, who, action, thing, now).outcome) ??
      (isNamed || finds(model, who.person, to) ? right : 'not_found'),
    apply({ removed }) {
      dropGrant(thing, to);
      return removed === isGranted ? right : `removed ${removed}`;
    },
  };
};

/** What is done by keys that are cut to workspaces. */
export const narrowMoves: readonly Draw[] = [create, edit, edit, remove, restore];
export const resourceMoves: readonly Draw[] = [create, edit, edit, remove, restore, share, share, share, unshare];
