import { type Action, rowFor } from '../access/policy.ts';
import { capped, inspect, largest } from '../documents/json.ts';
import { wrongPatch } from '../documents/patch.ts';
import { log } from '../storage/activity.ts';
import { decideOn } from '../storage/decided.ts';
import { Problem } from '../terms/problem.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import { hidesSomething } from '../terms/text.ts';
import { rejected } from './documents.ts';
import type { Ground } from './ground.ts';
import { actionsOf, type Operation } from './operation.ts';
import { hold } from './ruling.ts';
import type { How, Session } from './session.ts';

/** What is wrong with how a call is made: a key is a line of 200 characters at most. */
export function misshapen({ key }: How): Problem | undefined {
  if (key === undefined || (/^.{1,200}$/u.test(key) && key.isWellFormed() && !hidesSomething(key))) return undefined;
  return new Problem('invalid_argument', 'An idempotency key is 1 to 200 characters that can be seen, on one line.', {
    advice: 'Make a new one for each new call, a UUID say.',
  });
}

/** More arguments than any call has: each by itself would be told to be none, which takes its time. */
export function crowded(raw: unknown): Problem | undefined {
  if (typeof raw !== 'object' || raw === null || Object.keys(raw).length <= 200) return undefined;
  return new Problem('invalid_argument', 'There are more than 200 arguments, and no call has so many.');
}

/** What is too large whatever it is for, told before anything is looked up (EXT-11). */
export function oversized(input: object): Problem | undefined {
  const found = Object.entries(input).find(
    ([name, value]) => ['document', 'patch', 'merge'].includes(name) && isLarge(value),
  );
  return (
    found && rejected('too_large', [{ pointer: '', message: `It holds ${largest} bytes at most.` }], `/${found[0]}`)
  );
}

/** What is wrong with a patch whatever it is to be applied to, which is a matter of shape (EXT-11). */
export function unfit(input: { readonly patch?: unknown; readonly merge?: unknown }): Problem | undefined {
  for (const [name, errors] of [
    ['patch', input.patch === undefined ? [] : wrongPatch(input.patch)],
    ['merge', input.merge === undefined ? [] : inspect(input.merge).errors],
  ] as const)
    if (errors.length > 0) return rejected('invalid_argument', capped(errors), `/${name}`);
  return undefined;
}

const isLarge = (value: unknown) =>
  typeof value === 'string' ? Buffer.byteLength(value) > largest : inspect(value).large;

/** What is the Studio's only is not there for a key, whatever it bears and however it is called (section 14). */
export function absent({ session }: Ground, operation: Operation): Problem | undefined {
  if (session.surface !== 'external' || !actionsOf(operation).some((action) => rowFor(action).only)) return undefined;
  return new Problem('not_found', `There is no operation ${operation.name}.`, {
    advice: 'Look into the list of tools.',
  });
}

/** What the credential or the connection rules out, whatever the target; it reads the call alone. */
export function beyond({ session }: Ground, operation: Operation, input: unknown): Problem | undefined {
  const scope = scopeLacking(session, operation, input);
  if (scope !== undefined) {
    return new Problem(
      'insufficient_scope',
      `${operation.name} takes the scope ${scope}; this ${session.canAsk ? 'connection' : 'key'} bears ${session.credential.scopes.join(', ') || 'none'}.`,
      { scope, ...(session.canAsk && { advice: 'Connect again, and ask the person for that scope.' }) },
    );
  }
  const { does } = rowFor(actionOf(session, operation, input));
  if (session.readOnly && does !== 'read')
    return new Problem('read_only', `${operation.name} changes something, and this connection only reads.`);
  return undefined;
}

/** The scope that a credential would have to bear for a call, and does not; it reads the call alone. */
export function scopeLacking(
  session: Pick<Session, 'credential' | 'person'>,
  operation: Operation,
  input: unknown,
): CredentialScope | undefined {
  const { scope } = rowFor(actionOf(session, operation, input));
  return scope === 'none' || session.credential.scopes.includes(scope) ? undefined : scope;
}

const actionOf = ({ person }: Pick<Session, 'person'>, { action }: Operation, input: unknown): Action =>
  typeof action === 'function' ? action(input as never, person) : action;

/** A call refused before it came to its target; that the credential holds goes before even that, and the refusal is logged. */
export async function refuseEarly(
  { database, entrance }: Ground,
  operation: Operation,
  problem: Problem,
): Promise<Problem> {
  await database.writing(entrance, async (tx) => {
    const { me, decision } = await hold(decideOn(tx, entrance, 'self.see', { noun: 'organization' }));
    if (problem.code === 'invalid_argument' || problem.code === 'too_large') return;
    const action = actionsOf(operation)[0];
    await log(tx, {
      me,
      action,
      decision: { ...decision, outcome: 'deny', because: problem.message, by: [] },
      noun: rowFor(action).on,
    });
  });
  return problem;
}
