import type { TracingChannel } from 'node:diagnostics_channel';
import { Problem } from '../terms/problem.ts';

/** Calls `heard` with whatever ends on a channel, what became of it, and how many seconds it took. Answers how to stop. */
export function onEnd<C extends object>(
  channel: TracingChannel<unknown, C>,
  heard: (told: C, outcome: string, seconds: number) => void,
): () => void {
  const begun = new WeakMap<C, number>();
  const listener = {
    start: (told: C) => void begun.set(told, performance.now()),
    asyncEnd(told: C) {
      const since = begun.get(told);
      if (since !== undefined) heard(told, outcomeOf(told), (performance.now() - since) / 1000);
    },
  } as Parameters<typeof channel.subscribe>[0];
  channel.subscribe(listener);
  return () => void channel.unsubscribe(listener);
}

/** `ok`, or the code of what it was refused with: the channel puts there what was thrown. */
export function outcomeOf(told: { error?: unknown }): string {
  if (told.error === undefined) return 'ok';
  return told.error instanceof Problem ? told.error.code : 'internal';
}
