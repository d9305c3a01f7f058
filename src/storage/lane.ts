import { Problem } from '../terms/problem.ts';

/** How many are let in at once, how many may wait for that, and for how long, in milliseconds. */
export interface Width {
  readonly most: number;
  readonly waiting: number;
  readonly patience: number;
}

/**
 * Lets in so many at once, the others in the order in which they came. Who would wait behind too many is refused at once, and who has
 * waited too long then, so that what is taken on is done in time and a queue does not outgrow the memory (graceful shedding).
 */
export function lane({ most, waiting, patience }: Width) {
  let inside = 0;
  const queue = new Set<() => void>();

  return {
    async enter<T>(work: () => Promise<T>): Promise<T> {
      if (inside >= most) await turn();
      else inside++;
      try {
        return await work();
      } finally {
        leave();
      }
    },
    /** How many wait. */
    waiting: () => queue.size,
  };

  function turn(): Promise<void> {
    if (queue.size >= waiting) throw busy();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        queue.delete(go);
        reject(busy());
      }, patience);
      const go = () => {
        clearTimeout(timer);
        resolve();
      };
      queue.add(go);
    });
  }

  /** The place goes from hand to hand where someone waits for it. */
  function leave(): void {
    const [next] = queue;
    if (!next) inside--;
    else {
      queue.delete(next);
      next();
    }
  }
}

const busy = () =>
  new Problem('unavailable', 'There is more to do than this server can do just now.', { retry_after_seconds: 1 });
