import type { BlockList } from 'node:net';
import * as z from 'zod';
import { proxiesFrom } from '../http/address.ts';
import { type Rates, usualRates, usualStreams } from '../terms/allowed.ts';

/** How much a server does, for whom, and how it ends. */
export interface Serving {
  /** How much is done within a minute. */
  readonly rates: Rates;
  /** How many streams of MCP are open at once. */
  readonly streams: number;
  /** Proxies whose word is taken on where a request comes from. */
  readonly proxies: BlockList;
  /** For how many seconds it serves on, once it was asked to end and says that it is not ready. */
  readonly drain: number;
}

/** Calls within a minute; 0 is without a bound. */
const Rate = z.coerce
  .number('It is a number.')
  .int('It is a whole number.')
  .min(0, 'It is 0 at least.')
  .max(1_000_000, 'It is 1000000 at most.');

export const servingSettings = {
  POSTERN_RATE_PERSON: Rate.default(usualRates.person),
  POSTERN_RATE_COSTLY: Rate.default(usualRates.costly),
  POSTERN_RATE_ADDRESS: Rate.default(usualRates.address),
  POSTERN_STREAMS: z.coerce
    .number('It is a number.')
    .int('It is a whole number.')
    .min(1, 'It is 1 at least.')
    .max(100_000, 'It is 100000 at most.')
    .default(usualStreams),
  POSTERN_TRUSTED_PROXIES: z.string().optional(),
  POSTERN_DRAIN_SECONDS: z.coerce
    .number('It is a number.')
    .min(0, 'It is 0 at least.')
    .max(600, 'It is 600 at most.')
    .default(0),
};

const All = z.object(servingSettings);

export const servingFrom = (read: z.output<typeof All>): Serving => ({
  rates: {
    person: read.POSTERN_RATE_PERSON,
    costly: read.POSTERN_RATE_COSTLY,
    address: read.POSTERN_RATE_ADDRESS,
  },
  streams: read.POSTERN_STREAMS,
  proxies: proxiesFrom((read.POSTERN_TRUSTED_PROXIES ?? '').split(',').flatMap((name) => name.trim() || [])),
  drain: read.POSTERN_DRAIN_SECONDS,
});
