import { afterAll } from 'vitest';
import { allEnded } from './program.ts';

// Of each test file: its worker goes on to the next one.
afterAll(allEnded, 120_000);
