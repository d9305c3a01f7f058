import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import {
  holdPlaces,
  type ProjectCandidate,
  type ProjectRole,
  peopleAmong,
  projectCandidates,
  setProjectMembers,
} from '../storage/project-members.ts';
import { ownRoleIn } from '../storage/projects.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { cleanText } from '../terms/text.ts';
import { refuseRaisingOneself } from './oneself.ts';
import { changing, type Desk } from './operation.ts';
import { ProjectShown, projectNow, projectRef } from './projects.ts';
import { settleFor } from './settling.ts';
import { Words } from './shapes.ts';
import { most, told } from './staffing.ts';

const With = z
  .string()
  .max(400)
  .transform(cleanText)
  .pipe(z.string().regex(/^(person|team):./, 'It is person:EMAIL or team:NAME, or an id after the colon.'))
  .describe('person:EMAIL or team:NAME; an id goes too.');

export const updateProjectMembers = changing({
  name: 'update_project_members',
  action: 'project.staff',
  input: z
    .strictObject({
      id: Words(400).describe('Name or id.'),
      set: z
        .array(z.strictObject({ with: With, role: z.enum(['viewer', 'editor']) }))
        .max(most)
        .default([])
        .describe('Put in, or given this role.'),
      remove: z.array(With).max(most).default([]),
    })
    .refine(({ set, remove }) => set.length + remove.length > 0 && set.length + remove.length <= most, {
      message: `It names 1 to ${most} people and teams in set and remove.`,
      path: ['set'],
    }),
  output: ProjectShown.partial().extend({ id: z.string(), changed: z.int() }),
  find: (desk, { id }) => projectRef(desk, id),
  async touched(desk, target, wish) {
    const steps = await stepsOf(desk, target, wish);
    return { people: await peopleIn(desk, target, steps), workspaces: [target.subject.workspace_id] };
  },
  async run(desk, target, wish) {
    const { tx, me } = desk;
    await holdPlaces(tx, target);
    const steps = await stepsOf(desk, target, wish);
    const own = await ownRoleIn(tx, target);
    await setProjectMembers(
      tx,
      target,
      steps.map(({ id, type, to }) => ({ id, type, role: to })),
    );
    refuseRaisingOneself(desk, me.person, own, await ownRoleIn(tx, target));
    const also = await settleFor(desk, {
      people: await peopleIn(
        desk,
        target,
        steps.filter(({ to }) => to),
      ),
      workspaces: [target.subject.workspace_id],
    });
    return {
      outcome: { id: target.subject.id, changed: steps.length },
      ...told(steps, nameOf),
      also,
      idle: steps.length === 0,
    };
  },
  async answer(desk, { id, changed }) {
    const shown = await projectNow(desk, id);
    return { ...(shown instanceof Problem ? { id: outside('project', id) } : shown), changed };
  },
});

/** What becomes of a person or team; without a role it is taken out. */
interface Step extends ProjectCandidate {
  readonly to: ProjectRole | null;
}

interface Wish {
  readonly set: readonly { readonly with: string; readonly role: ProjectRole }[];
  readonly remove: readonly string[];
}

const nameOf = ({ type, label }: ProjectCandidate) => `${type}:${label}`;
const peopleIn = ({ tx }: Desk, target: Decided<'project.staff'>, steps: readonly Step[]) =>
  peopleAmong(
    tx,
    target,
    steps.map(({ id }) => id),
  );

/** What the call comes to: only those for whom something changes. Whoever is not found, or not in it to be taken out, is refused. */
async function stepsOf(desk: Desk, target: Decided<'project.staff'>, { set, remove }: Wish): Promise<readonly Step[]> {
  const wishes = [
    ...set.map((it, i) => ({ ...wishedIn(it.with), to: it.role, pointer: `/set/${i}/with` })),
    ...remove.map((named, i) => ({ ...wishedIn(named), to: null, pointer: `/remove/${i}` })),
  ];
  const candidates = await projectCandidates(desk.tx, target, {
    ids: wishes.flatMap(({ id }) => id ?? []),
    names: wishes.map(({ name }) => name),
  });
  const steps = wishes.map(({ type, id, name, to, pointer }) => {
    const found = candidates.filter((it) => it.type === type && (id ? it.id === id : it.key === name));
    return { ...(found.length === 1 ? (found[0] as ProjectCandidate) : oneOf(type, found, pointer)), to, pointer };
  });
  for (const [i, { id, to, was, placed, pointer }] of steps.entries()) {
    if (steps.findIndex((it) => it.id === id) < i) throw wrong(pointer, 'It stands in this call twice.');
    if (to === null && was === null) throw wrong(pointer, 'They are not in it.');
    if (to !== null && !placed) throw wrong(pointer, 'They are not in the workspace (WS-7).');
  }
  return steps.filter(({ was, to }) => was !== to).map(({ pointer: _, ...step }) => step);
}

function wishedIn(named: string) {
  const colon = named.indexOf(':');
  const type = named.slice(0, colon) as 'person' | 'team';
  const text = named.slice(colon + 1).trim();
  return { type, id: inside(type, text), name: text.toLowerCase() };
}

function oneOf(type: 'person' | 'team', found: readonly ProjectCandidate[], pointer: string): never {
  if (found.length === 0)
    throw new Problem('not_found', `You find no ${type} of that name.`, {
      pointer,
      advice: 'search_directory shows whom you find.',
    });
  throw new Problem('ambiguous_principal', `More than one ${type} has that name.`, {
    pointer,
    candidates: found.slice(0, 5).map(({ id, label }) => ({ id: outside(type, id), name: label })),
  });
}

const wrong = (pointer: string, message: string) =>
  new Problem('invalid_argument', `${pointer}: ${message}`, { pointer });
