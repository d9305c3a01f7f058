import { wrongBy } from '../support/clock.ts';

/** Loaded before a server, it sets its clock wrong by SHIFT_MS. */
globalThis.Date = wrongBy(Number(process.env.SHIFT_MS));
