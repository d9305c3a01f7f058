import type { Rung } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';

/** The rungs of every place that one can be raised in, in one order that each of their ladders keeps. */
const order = ['aware', 'viewer', 'member', 'creator', 'editor', 'manager', 'admin', 'owner'] as const;

type Place = Rung<'workspace'> | Rung<'project'> | Rung<'team'> | Rung<'group'>;

/**
 * Without `override`, nobody adds or raises themself in a workspace, project, team or group (EXT-10). `from` is what they are there
 * now, by any way, and nothing where they are not in it; `to` is what they would be.
 */
export function refuseRaisingOneself(
  { me }: Pick<Desk, 'me'>,
  person: string,
  from: Place | null | undefined,
  to: Place | null | undefined,
): void {
  if (person !== me.person || me.scopes.includes('override')) return;
  const rank = (place: Place | null | undefined) => (place ? order.indexOf(place) : -1);
  if (rank(to) <= rank(from)) return;
  throw new Problem('permission_denied', 'Nobody adds or raises themself here (EXT-10).', {
    advice: 'Ask someone else who may, or do it with a key that bears the scope override.',
  });
}
