import type { Ref } from '../storage/facts.ts';
import { type Standing, standings } from '../storage/standing.ts';
import { inside, outside } from '../terms/ids.ts';
import { type Kind, kinds } from '../terms/kinds.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';

/** The caller's workspaces, as their credential reaches them. */
export const standingsOf = ({ tx, me }: Desk): Promise<Standing[]> => standings(tx, me, me.scopes.includes('override'));

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
  const asked = named ?? desk.workspace;
  const able = all.filter(({ capabilities }) => capabilities.includes(kinds[kind]));
  const fitting = asked === undefined ? able : workspacesNamed(all, asked);
  if (fitting.length === 1) return { noun: 'workspace', id: fitting[0]?.workspace, kind };
  if (asked !== undefined && fitting.length === 0) return { noun: 'workspace', id: undefined, kind };
  const candidates = fitting.slice(0, 5).map(({ workspace, name }) => ({ id: outside('workspace', workspace), name }));
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

/** The workspaces to look in: the one named, else the connection's, else all. A name that fits none looks nowhere. */
export async function whereToLook(desk: Desk, named: string | undefined): Promise<readonly string[] | undefined> {
  const asked = named ?? desk.workspace;
  if (asked === undefined) return undefined;
  return workspacesNamed(await standingsOf(desk), asked).map(({ workspace }) => workspace);
}
