/** How much is done within a minute; 0 is without a bound. */
export interface Rates {
  /** Requests of one person, by all their keys together. */
  readonly person: number;
  /** Of these, calls of each operation that costs much. */
  readonly costly: number;
  /** Keys that hold nothing, from one address. */
  readonly address: number;
}

/** Unless the operator says otherwise. It stands where nothing else is loaded with it, since every command reads the settings. */
export const usualRates: Rates = { person: 600, costly: 60, address: 120 };

/** How many streams of MCP are open at once, unless the operator says otherwise: they take a few hundred MiB (docs/operations.md). */
export const usualStreams = 10_000;
