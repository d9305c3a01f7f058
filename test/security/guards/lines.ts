import { answers } from './answers.ts';
import { calls } from './calls.ts';
import { doors } from './doors.ts';
import type { Line } from './line.ts';
import { oauth } from './oauth.ts';
import { tokens } from './tokens.ts';

/** The list, in its order. */
export const lines: readonly Line[] = [...doors, ...calls, ...answers, ...oauth, ...tokens].sort(
  (a, b) => a.line - b.line,
);
