/** A clock that is wrong by `ms`: all that asks for the time of day, and nothing that counts time. */
export function wrongBy(ms: number, Real = Date): DateConstructor {
  return class extends Real {
    constructor(...told: unknown[]) {
      if (told.length === 0) super(Real.now() + ms);
      else super(...(told as [number]));
    }
    static override now = () => Real.now() + ms;
  } as DateConstructor;
}

/** Does something while the clock of this process is wrong by `ms`. */
export async function atWrongTime<T>(ms: number, work: () => T | Promise<T>): Promise<T> {
  const right = globalThis.Date;
  globalThis.Date = wrongBy(ms, right);
  try {
    return await work();
  } finally {
    globalThis.Date = right;
  }
}
