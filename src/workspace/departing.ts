import type { Actor } from '../access/actor.ts';
import { type Departure, type Ended, endMembership, endPlaces, handOn } from '../storage/departing.ts';
import { everywhere } from '../storage/everywhere.ts';
import { heldPerson } from '../storage/places.ts';
import { adopt, type Orphan, orphansOf } from '../storage/succession.ts';
import { outside } from '../terms/ids.ts';
import type { OrganizationRole } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import type { Also, Desk } from './operation.ts';
import type { Successor } from './people.ts';
import { settleFor } from './settling.ts';
import { tellAll } from './telling.ts';

/** Who leaves what, and who takes over. */
export interface Parting {
  readonly person: string;
  /** Of this one only (WS-9); without it, of the organization (ORG-8). */
  readonly workspace?: string | undefined;
  readonly heir: Successor | undefined;
}

/** What a parting brought about beside itself. */
export interface Parted {
  readonly also: readonly Also[];
  /** What whoever made it happen owns from now on, since nobody else would (GRP-5). */
  readonly adopted: readonly Orphan[];
}

/**
 * Ends everywhere what someone was and was given, and hands on what they owned: in one transaction, a statement each however much it
 * is, and without a lock on anything that others read (ORG-8). Nothing is deleted by it.
 */
export async function part(desk: Desk, target: Departure, { person, workspace, heir }: Parting): Promise<Parted> {
  const { tx, me } = desk;
  return everywhere(tx, me, async () => {
    const { also: owned, adopted } = await leaveBehind(desk, { person, workspace, heir });
    const handed = await handOn(tx, target, { person, workspace, heir: heir?.id });
    const ended = [
      ...(await endPlaces(tx, target, { person, workspace })),
      ...(workspace === undefined ? await endMembership(tx, target, person) : []),
    ];
    const inherited = handed.filter((it) => it.heir);
    if (heir) await tellAll(desk, toldOf(heir.id, inherited));
    const settled = heir
      ? await settleFor(desk, {
          people: [heir.id],
          workspaces: [...new Set(inherited.map((it) => it.workspace))],
        })
      : [];
    return { adopted, also: [...owned, ...[...handed, ...ended].map(inLog), ...settled] };
  });
}

/** The most that an heir is told of one by one. */
const mostTold = 20;

const toldOf = (person: string, handed: Awaited<ReturnType<typeof handOn>>) =>
  handed.length > mostTold
    ? [{ person, event: 'handed_over' as const }]
    : handed.map(({ id, kind }) => ({ person, event: 'handed_over' as const, resource: { id, kind } }));

/** People as the log names them. */
export const inLog = ({ noun, id, kind, workspace, before, after }: Ended): Also => ({
  noun,
  id,
  ...(kind && { kind }),
  workspace: workspace ?? undefined,
  before: named(before),
  after: named(after),
});

function named(state: unknown): unknown {
  if (typeof state !== 'object' || state === null) return state;
  return Object.fromEntries(
    Object.entries(state).map(([key, value]) => [
      key,
      (key === 'person' || key === 'owner') && typeof value === 'string' ? outside('person', value) : value,
    ]),
  );
}

/** Sees to it that groups and workspaces keep an owner: the successor, else whoever makes someone go (GRP-5); a guest owns none (ORG-10). */
export async function leaveBehind(
  desk: Desk,
  { person, workspace, heir }: Parting,
): Promise<{ readonly also: readonly Also[]; readonly adopted: readonly Orphan[] }> {
  const { tx, me } = desk;
  const orphans = await orphansOf(tx, me, person, workspace);
  if (orphans.length === 0) return { also: [], adopted: [] };
  const keeper = await keeperOf(desk, person, heir);
  if (!keeper) throw ownerless(orphans);
  await adopt(tx, me, keeper, orphans);
  const settled = await settleFor(desk, {
    people: [keeper],
    principals: orphans.filter(({ noun }) => noun === 'group').map(({ id }) => id),
    workspaces: orphans.filter(({ noun }) => noun === 'workspace').map(({ id }) => id),
  });
  const made = orphans.map(
    ({ noun, id }): Also => ({
      noun,
      id,
      workspace: noun === 'workspace' ? id : undefined,
      before: { owner: outside('person', person) },
      after: { owner: outside('person', keeper) },
    }),
  );
  return { also: [...made, ...settled], adopted: keeper === me.person ? orphans : [] };
}

async function keeperOf({ tx, me }: Desk, person: string, heir: Successor | undefined): Promise<string | undefined> {
  if (heir && (await isFit(tx, me, heir.id))) return heir.id;
  return person === me.person || !(await isFit(tx, me, me.person)) ? undefined : me.person;
}

const isFit = async (tx: Desk['tx'], me: Actor, person: string): Promise<boolean> => {
  const held = await heldPerson(tx, me, person);
  return held?.status === 'active' && held.role !== ('guest' satisfies OrganizationRole);
};

const ownerless = (orphans: readonly Orphan[]) =>
  new Problem('conflict', 'They are the only owner of a group or workspace, which keeps one (GRP-5).', {
    candidates: orphans.slice(0, 5).map(({ noun, id, name }) => ({ id: outside(noun, id), name })),
    advice: 'Name a successor who is no guest, or make someone else owner of these first.',
  });
