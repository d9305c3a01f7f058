import { scope } from '../access/scope.ts';
import type { Tx } from '../storage/database.ts';
import { decideOn } from '../storage/decided.ts';
import { Problem } from '../terms/problem.ts';
import type { Ground } from './ground.ts';
import type { Desk, Operation, Trial } from './operation.ts';
import type { Looking } from './preview.ts';
import { refusalOf } from './refusal.ts';
import { digestOf, seal, unseal } from './seal.ts';

/** Does a change to see what it comes to. */
export type Trying = (
  tx: Tx,
  ground: Ground,
  operation: Operation,
  input: unknown,
  page: Looking,
) => Promise<Trial | Problem>;

/** The desk of one call, on the facts that were read last. */
export function deskFor(
  tx: Tx,
  ground: Ground,
  operation: Operation,
  { me, now }: Pick<Desk, 'me' | 'now'>,
  trial: Trying,
): Desk {
  const { entrance, key, keys } = ground;
  const bound = (query: unknown) =>
    ['cursor', entrance.organization, entrance.credential, operation.name, digestOf(query)].join('|');
  const held = (about: string) => ['handle', entrance.organization, entrance.credential, about].join('|');
  return {
    tx,
    me,
    now,
    workspace: entrance.workspace,
    learned: ground.learned,
    rounded: ground.rounded ?? [],
    keys,
    scope: (action) => scope(action, { override: me.scopes.includes('override') }),
    async may(action, ref) {
      const ruling = await decideOn(tx, entrance, action, ref);
      if (!ruling) return new Problem('unauthenticated', 'The key is unknown or has ended.');
      return ruling.allowed ? ruling.decided : refusalOf(action, ruling.decision, ref as never);
    },
    trial: (other, input, page) => trial(tx, ground, other, input, page),
    handle: (about, text) => seal(key, text, held(about)),
    behind: (about, handle) => unseal(key, handle, held(about)),
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
