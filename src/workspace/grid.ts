/**
 * How far apart the ticks are, in ms: wide enough that what a miss costs, its entry in the log written to the disk and all, ends
 * before the first one nearly always. A call that ends near a tick tells which side of it it was on.
 */
const width = 25;

/** For what does its work whether there is anything or not: delivering a request costs several times what a miss does. */
export const wide = 100;

/** For what looks at a password, which takes long on purpose, or writes a letter. */
export const widest = 250;

export interface Grid {
  next(): Promise<void>;
  stop(): void;
}

/**
 * Ticks from now on, for answers whose time must tell nothing (EXT-2, EXT-6). Timers count in whole milliseconds from when they were
 * set, so one set when the work is done carries a trace of how long that took: this one is set before any of it.
 */
export function startGrid(every = width): Grid {
  let waiting: (() => void) | undefined;
  const timer = setInterval(() => waiting?.(), every);
  return {
    next: () =>
      new Promise((done) => {
        waiting = done;
      }),
    stop: () => clearInterval(timer),
  };
}
