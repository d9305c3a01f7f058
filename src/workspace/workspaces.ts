import type { Database, Entrance } from '../storage/database.ts';
import { factsFor, type Ref } from '../storage/facts.ts';
import { type Standing, standings } from '../storage/standing.ts';
import { inside, outside } from '../terms/ids.ts';
import { type Kind, kinds } from '../terms/kinds.ts';
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
  const all = await standingsOf(desk);
  const isSaid = named !== undefined || desk.workspace !== undefined;
  const able = all.filter(({ capabilities }) => capabilities.includes(kinds[kind]));
  const fitting = named !== undefined ? workspacesNamed(all, named) : isSaid ? all : able;
  if (fitting.length === 1) return { noun: 'workspace', id: fitting[0]?.workspace, kind };
  if (isSaid && fitting.length === 0) return { noun: 'workspace', id: undefined, kind };
  const candidates = candidatesFrom(fitting);
  throw new Problem(
    'invalid_argument',
    fitting.length ? '/workspace: Which workspace?' : '/workspace: You may not create this in any workspace.',
    {
      pointer: '/workspace',
      candidates,
      advice: fitting.length
        ? 'Call again with workspace set to one of the candidates.'
        : 'Ask an admin of a workspace to let you create there.',
    },
  );
}

/** The workspaces to look in: the one named, else all in reach. A name that fits none looks nowhere. */
export async function whereToLook(desk: Desk, named: string | undefined): Promise<readonly string[] | undefined> {
  if (named === undefined) return undefined;
  return workspacesNamed(await standingsOf(desk), named).map(({ workspace }) => workspace);
}

/** No workspace has this id. */
const nowhere = '00000000-0000-0000-0000-000000000000';

/**
 * The id of the workspace that a connection is narrowed to (section 14). Names are looked for where the caller stands; one that is
 * not there and one that they do not see narrow alike, to nothing (EXT-12).
 */
export async function narrowedTo(
  database: Database,
  entrance: Entrance,
  named: string | undefined,
): Promise<string | undefined> {
  if (named === undefined) return undefined;
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
