/** Loaded before a server, it sets its clock wrong by SHIFT_MS: all that asks for the time of day, and nothing that counts time. */
const shift = Number(process.env.SHIFT_MS);
const Real = Date;

globalThis.Date = class extends Real {
  constructor(...told: unknown[]) {
    if (told.length === 0) super(Real.now() + shift);
    else super(...(told as [number]));
  }
  static override now = () => Real.now() + shift;
} as DateConstructor;
