import { scope } from '../access/scope.ts';
import type { Tx } from '../storage/database.ts';
import { decideOn } from '../storage/decided.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk, Operation } from './operation.ts';
import type { Ground } from './perform.ts';
import { refusalOf } from './refusal.ts';
import { digestOf, seal, unseal } from './seal.ts';

/** The desk of one call, on the facts that were read last. */
export function deskFor(
  tx: Tx,
  { entrance, key }: Ground,
  operation: Operation,
  { me, now }: Pick<Desk, 'me' | 'now'>,
): Desk {
  const bound = (query: unknown) =>
    ['cursor', entrance.organization, entrance.credential, operation.name, digestOf(query)].join('|');
  return {
    tx,
    me,
    now,
    workspace: entrance.workspace,
    scope: (action) => scope(action, { override: me.scopes.includes('override') }),
    async may(action, ref) {
      const ruling = await decideOn(tx, entrance, action, ref);
      if (!ruling) return new Problem('unauthenticated', 'The key is unknown or has ended.');
      return ruling.allowed ? ruling.decided : refusalOf(action, ruling.decision, ref as never);
    },
    cursor: (query, place) => seal(key, place, bound(query)),
    placeOf(query, cursor) {
      const place = unseal(key, cursor, bound(query));
      if (place === undefined) {
        throw new Problem(
          'invalid_argument',
          '/cursor: It belongs to another list, another caller or other arguments.',
          {
            pointer: '/cursor',
            advice:
              'Send the next_cursor of the page before with exactly the arguments of that call, or leave it out to begin anew.',
          },
        );
      }
      return place;
    },
  };
}
