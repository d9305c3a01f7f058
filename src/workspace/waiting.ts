import type { Operation } from './operation.ts';
import type { How, Session } from './session.ts';

/** In milliseconds: when it is asked again after something was heard, each time twice as late, and how late at most. */
const pauses = { heard: 25, longest: 5_000 };

/**
 * Asks an operation that has patience again, whenever something may have changed for the caller, until what comes out is an answer, the
 * time is over, the caller no longer wants to know, or this server ends. Each time is a call of its own, so that a key that has ended ends the wait.
 */
export async function patiently(
  { hear, ending }: Pick<Session, 'hear'> & { readonly ending: AbortSignal },
  operation: Operation,
  input: unknown,
  { signal }: How,
  ask: () => Promise<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const until = performance.now() + 1000 * patienceOf(operation, input);
  if (until <= performance.now()) return ask();
  const doorbell = bell();
  const stop = await hear(doorbell.ring);
  for (const it of [signal, ending]) it?.addEventListener('abort', doorbell.ring);
  try {
    for (let pause = pauses.longest; ; pause = Math.min(2 * pause, pauses.longest)) {
      const answer = await ask();
      const left = until - performance.now();
      if (operation.isAnswer?.(answer as never) !== false || left <= 0 || signal?.aborted || ending.aborted)
        return answer;
      // What was heard of may not be there to read yet, while older transactions are under way (NOT-2).
      if (await doorbell.rings(Math.min(pause, left))) pause = pauses.heard / 2;
    }
  } finally {
    stop();
    for (const it of [signal, ending]) it?.removeEventListener('abort', doorbell.ring);
    doorbell.away();
  }
}

function patienceOf(operation: Operation, input: unknown): number {
  const parsed = operation.patience && operation.input.safeParse(input ?? {});
  return parsed?.success ? (operation.patience?.(parsed.data as never) ?? 0) : 0;
}

/** Remembers that it rang while nobody listened. */
function bell() {
  let rang = false;
  let waiting: ((rang: boolean) => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  const answer = (it: boolean) => {
    clearTimeout(timer);
    waiting?.(it);
    waiting = undefined;
  };
  return {
    ring() {
      rang = true;
      answer(true);
    },
    /** Whether it rings within so many milliseconds, or has rung since it was last asked. */
    async rings(within: number): Promise<boolean> {
      if (!rang) {
        await new Promise((done) => {
          waiting = done;
          timer = setTimeout(() => answer(false), within);
        });
      }
      const it = rang;
      rang = false;
      return it;
    },
    away: () => answer(false),
  };
}
