import type { Database, Entrance } from '../storage/database.ts';
import { factsFor, type Ref } from '../storage/facts.ts';
import { type Standing, standings } from '../storage/standing.ts';
import { inside, outside } from '../terms/ids.ts';
import { type Capability, type Kind, kinds } from '../terms/kinds.ts';
import { reaches, type WorkspaceRole } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';
import { hold } from './ruling.ts';

/** The caller's workspaces, as their credential reaches them. */
export const standingsOf = ({ tx, me }: Pick<Desk, 'tx' | 'me'>): Promise<Standing[]> =>
  standings(tx, me, me.scopes.includes('override'));

/** The workspaces that a name or id means, among those the caller stands in. */
export function workspacesNamed(all: readonly Standing[], named: string): Standing[] {
  const id = inside('workspace', named);
  return all.filter(({ workspace, name }) =>
    id ? workspace === id : name.toLowerCase() === named.trim().toLowerCase(),
  );
}

/** Where to create: the workspace named, else the connection's, else the only one where the caller may (section 14). */
export async function whereToCreate(desk: Desk, kind: Kind, named: string | undefined): Promise<Ref<'workspace'>> {
  const id = await workspaceFor(desk, kinds[kind], named, {
    none: 'You may not create this in any workspace.',
    advice: 'Ask an admin of a workspace to let you create there.',
  });
  return { noun: 'workspace', id, kind };
}

/** The workspace named, else the connection's, else the only one where the caller has a capability; nothing where none is there. */
export async function workspaceFor(
  desk: Desk,
  capability: Capability,
  named: string | undefined,
  { none, advice }: { readonly none: string; readonly advice: string },
): Promise<string | undefined> {
  const all = await standingsOf(desk);
  const isSaid = named !== undefined || desk.workspace !== undefined;
  const able = all.filter(({ capabilities }) => capabilities.includes(capability));
  const fitting = named !== undefined ? workspacesNamed(all, named) : isSaid ? all : able;
  if (fitting.length === 1) return fitting[0]?.workspace;
  if (isSaid && fitting.length === 0) return undefined;
  throw new Problem('invalid_argument', `/workspace: ${fitting.length ? 'Which workspace?' : none}`, {
    pointer: '/workspace',
    candidates: candidatesFrom(fitting),
    advice: fitting.length ? 'Call again with workspace set to one of the candidates.' : advice,
  });
}

/**
 * The workspace that a name or id means, of those where the caller stands; one that is not there has no id. Where none is named, the
 * connection's, or the only one where their role is `least` or higher.
 */
export async function workspaceToRun(
  desk: Desk,
  named: string | undefined,
  least: WorkspaceRole,
): Promise<Ref<'workspace'>> {
  const id = named === undefined ? desk.workspace : inside('workspace', named);
  if (id) return { noun: 'workspace', id };
  const all = await standingsOf(desk);
  const fitting =
    named === undefined
      ? all.filter(({ places }) => places.some(({ role }) => reaches('workspace', role, least)))
      : workspacesNamed(all, named);
  if (fitting.length < 2 && (named !== undefined || fitting.length === 1))
    return { noun: 'workspace', id: fitting[0]?.workspace };
  throw new Problem(
    'invalid_argument',
    fitting.length ? 'Which workspace? Several fit.' : 'Which workspace? You run none.',
    { candidates: candidatesFrom(fitting), advice: 'Name one by its id; list_workspaces shows yours.' },
  );
}

/** The workspaces to look in: the one named, else all in reach. A name that fits none looks nowhere. */
export async function whereToLook(desk: Desk, named: string | undefined): Promise<readonly string[] | undefined> {
  if (named === undefined) return undefined;
  return workspacesNamed(await standingsOf(desk), named).map(({ workspace }) => workspace);
}

/** The one workspace that a name or id means among those where the caller stands, as a target; where there is none it is missing. */
export async function workspaceCalled(desk: Desk, named: string): Promise<Ref<'workspace'>> {
  const found = workspacesNamed(await standingsOf(desk), named);
  if (found.length > 1)
    throw new Problem('ambiguous_principal', 'More than one workspace of yours has that name.', {
      candidates: candidatesFrom(found),
    });
  return { noun: 'workspace', id: found[0]?.workspace };
}

/** No workspace has this id. */
const nowhere = '00000000-0000-0000-0000-000000000000';

/** The id of the workspace that a connection is narrowed to, by the operator and by its address alike: two that differ leave nothing (section 14). */
export async function narrowedTo(
  database: Database,
  entrance: Entrance,
  named: string | readonly string[] | undefined,
): Promise<string | undefined> {
  const ids = new Set<string>();
  for (const it of [named ?? []].flat()) ids.add(await narrowedToOne(database, entrance, it));
  return ids.size > 1 ? nowhere : [...ids][0];
}

/** Names are looked for where the caller stands; one that is not there and one that they do not see narrow alike, to nothing (EXT-12). */
async function narrowedToOne(database: Database, entrance: Entrance, named: string): Promise<string> {
  const id = inside('workspace', named);
  if (id) return id;
  const found = await database.reading(entrance, async (tx) => {
    const { me } = await hold(factsFor(tx, entrance, { noun: 'organization' }));
    return workspacesNamed(await standingsOf({ tx, me }), named);
  });
  if (found.length < 2) return found[0]?.workspace ?? nowhere;
  throw new Problem(
    'invalid_argument',
    'More than one workspace of yours has the name that this connection asks for.',
    {
      candidates: candidatesFrom(found),
      advice: 'Connect with the id of one of the candidates instead.',
    },
  );
}

const candidatesFrom = (those: readonly Standing[]) =>
  those.slice(0, 5).map(({ workspace, name }) => ({ id: outside('workspace', workspace), name }));
