import { Problem } from '../terms/problem.ts';
import type { Ledger } from '../workspace/ledger.ts';
import { Refused } from './clients.ts';

/** Whether the database is at fault, and the same may be asked again soon. */
export const isAway = (thrown: unknown): thrown is Problem =>
  thrown instanceof Problem && (thrown.code === 'unavailable' || thrown.code === 'conflict');

/**
 * What a client is told then (RFC 6749, 4.1.2.1): to come back. Whatever refused its code, its token or itself would have it throw away
 * what it holds, and ask its person anew.
 */
export const comeBack = ({ message, details }: Problem): Refused =>
  new Refused('temporarily_unavailable', message, 503, details.retry_after_seconds ?? 2);

/** The ledger as the library is to have it, which takes for a fault of its own what is no error of OAuth. */
export function inItsTerms(ledger: Ledger, made: (told: string, because: Problem) => Error): Ledger {
  const told = (thrown: unknown): never => {
    throw isAway(thrown) ? Object.assign(made(thrown.message, thrown), { status: 503, statusCode: 503 }) : thrown;
  };
  const all = Object.entries(ledger) as [string, (...args: unknown[]) => Promise<unknown>][];
  return Object.fromEntries(
    all.map(([name, does]) => [name, (...args: unknown[]) => does(...args).catch(told)]),
  ) as unknown as Ledger;
}

/** What is behind an error that the library was told. */
export function inOurTerms(thrown: unknown): never {
  const { cause } = (thrown ?? {}) as { cause?: unknown };
  throw isAway(cause) ? cause : thrown;
}
