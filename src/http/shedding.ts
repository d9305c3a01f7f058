import { createMiddleware } from 'hono/factory';
import { Problem } from '../terms/problem.ts';

/**
 * How often it is looked, how late that may be at the mean of a while, and how much one look counts at most, in milliseconds; and over how
 * many looks the mean goes: one long pause is no overload.
 */
const usual = { look: 100, late: 700, most: 2_000, looks: 8 };
export type Lateness = Partial<typeof usual>;

/**
 * Takes on no more where this process is late with what it has: whoever comes is told at once to come again, while what is under way
 * ends and health checks are answered. What waits for the database is refused where it would wait (storage/lane.ts).
 */
export function shedding(wanted: Lateness = {}) {
  const times = { ...usual, ...wanted };
  let due = performance.now() + times.look;
  let late = 0;
  let draining = false;
  const timer = setInterval(() => {
    late += (Math.min(times.most, Math.max(0, performance.now() - due)) - late) / times.looks;
    due = performance.now() + times.look;
  }, times.look).unref();

  return {
    shed: createMiddleware(async (_, next) => {
      if (late > times.late)
        throw new Problem('unavailable', 'There is more to do than this server can do just now.', {
          retry_after_seconds: 1,
        });
      await next();
    }),
    /** Says from now on that it is not ready, and serves on. */
    drain: () => {
      draining = true;
    },
    isDraining: () => draining,
    stop: () => clearInterval(timer),
  };
}
