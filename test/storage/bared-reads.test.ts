import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Tx } from '../../src/storage/database.ts';
import { decideOn } from '../../src/storage/decided.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { storage, superuser } from '../support/world.ts';
import { bared } from './bared.ts';
import { foreign, here, mine } from './boundary.ts';
import { reads, writes } from './every-read.ts';
import type { Bench } from './read-bench.ts';
import { everywhereReads } from './space-reads.ts';
import { tap } from './tap.ts';

describe('every read of storage with its conditions taken out (EXP-6)', () => {
  test('no function that takes a transaction is left out; the operator’s enter as the tables’ owner, and two files make them', () => {
    const found = globSync('src/storage/*.ts')
      .filter((file) => !file.includes('operator') && !/(database|within)\.ts$/.test(file))
      .flatMap((file) =>
        [
          ...readFileSync(file, 'utf8').matchAll(
            /^export (?:async function|function|const) (\w+)(?:<[^\n(]*>)?(?: = statement\(|(?: = (?:async )?)?\(\s*tx\b)/gm,
          ),
        ].map(([, name]) => name),
      );
    expect(found.sort()).toEqual([...Object.keys(reads), ...writes].sort());
  });

  test.each(Object.keys(reads))(
    '%s still shows nothing of another organization, nor of a workspace out of reach',
    async (name) => {
      const shown: unknown[] = [];
      const unguarded: unknown[] = [];
      let ran = 0;
      const storehouse = await storage();
      const attempt = async (tx: Tx) => {
        const { me } = (await factsFor(tx, mine, { noun: 'organization' }))!;
        const decided: Bench['decided'] = async (action, ref) => {
          const ruling = await decideOn(tx, mine, action, ref);
          if (!ruling?.allowed) throw new Error(`${action} is not allowed`);
          return ruling.decided;
        };
        const run = await reads[name]!({ tx, me, decided });
        const untap = tap(async (text, values, query) => {
          if (!/^\s*(select|with)\b/i.test(text) || /\bset_config\b/.test(text)) return undefined;
          const bare = bared(text, values);
          unguarded.push((await superuser.query(bare)).rows);
          const result = await query(bare);
          shown.push(result.rows);
          ran++;
          return result;
        });
        await run().catch(only(TypeError, SyntaxError)).finally(untap);
      };
      // A transaction that only reads knows its caller; one that writes asks again.
      await storehouse.reading(mine, attempt);
      await storehouse.writing(mine, attempt);
      expect(ran).toBeGreaterThan(0);
      const hidden = everywhereReads.has(name)
        ? [...foreign].filter((id) => !ours.has(id))
        : [...foreign, 'ledger', 'budget'];
      const hasForeign = (rows: string) => hidden.some((it) => rows.includes(it));
      // Unguarded and without conditions these are megabytes.
      const bare = JSON.stringify(unguarded);
      if (/[0-9a-f]{8}-[0-9a-f-]{27}/.test(bare))
        expect(hasForeign(bare), 'without the guard it would show').toBe(true);
      expect(hasForeign(JSON.stringify(shown))).toBe(false);
    },
  );
});

/** What lies in this organization, out of reach. */
const ours = new Set(['ledger', 'budget', 'begged'].map(here.uuid));

/** A function of storage may stumble over rows that it did not ask for; what it was shown is on record by then. */
const only =
  (...kinds: (typeof TypeError | typeof SyntaxError)[]) =>
  (thrown: unknown) => {
    if (!kinds.some((kind) => thrown instanceof kind)) throw thrown;
  };
