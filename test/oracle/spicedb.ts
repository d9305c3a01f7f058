import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Client } from 'pg';
import { decide } from '../../src/access/decide.ts';
import { scope } from '../../src/access/scope.ts';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { startEmbedded } from '../../src/storage/embedded.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { pageOfResources } from '../../src/storage/lists.ts';
import { migrate } from '../../src/storage/migrate.ts';
import { type Kind, kinds } from '../../src/terms/kinds.ts';
import { anyLand, type Key, type Land } from '../access/land.ts';
import { rowsOf } from '../access/land-rows.ts';
import { binActions, resourceActions, type ThingAction } from '../access/reference.ts';
import { insertRows } from '../support/rows.ts';

/** `npm run oracle`: asks SpiceDB what the evaluator and the lists answer, over random worlds; ends with 1 where they differ. */
const worlds = 120;
const seed = Number(process.argv[2] ?? Date.now() % 2 ** 31);

if (!existsSync(join(import.meta.dirname, 'node_modules'))) {
  execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: import.meta.dirname,
    stdio: 'inherit',
  });
}
const { permissions, startSpice } = await import('./spice.ts');

const folder = mkdtempSync(join(tmpdir(), 'postern-oracle-'));
const embedded = await startEmbedded(folder, undefined, { fsync: 'off' });
const connection = { ...embedded.connection, database: 'postgres' };
await migrate(connection);
const sql = new Client(connection);
await sql.connect();
const storage = await openDatabase({ ...connection, user: 'postern_app' });
const spice = await startSpice();

const counts = { worlds: 0, checks: 0, allowed: 0, lists: 0, listed: 0 };
const differences: string[] = [];
for (const land of fc.sample(anyLand, { numRuns: worlds, seed })) {
  await insertRows(sql, rowsOf(land));
  await spice.write(land);
  for (const key of land.credentials) await compare(land, key);
  counts.worlds++;
}

process.stdout.write(`${JSON.stringify({ seed, ...counts, disagreements: differences.length })}\n`);
for (const it of differences.slice(0, 20)) process.stdout.write(`${it}\n`);
await storage.close();
await sql.end();
await embedded.release();
rmSync(folder, { recursive: true, force: true });
process.exit(differences.length ? 1 : 0);

async function compare(land: Land, key: Key): Promise<void> {
  const { decided, listed } = await ours(storage, land, key);
  // Actions that the model takes for one permission are asked once.
  const questions = land.resources.flatMap((thing) =>
    [...new Set(Object.values(permissions))].map((permission) => ({ key, permission, thing })),
  );
  const answers = await spice.checks(questions);
  const answered = new Map(questions.map(({ permission, thing }, i) => [`${permission} ${thing.id}`, answers[i]]));
  for (const { action, thing, allowed } of decided) {
    const theirs = answered.get(`${permissions[action]} ${thing.id}`);
    counts.checks++;
    if (allowed) counts.allowed++;
    if (allowed !== theirs)
      differences.push(
        `world ${counts.worlds}: ${action} on ${thing.id} by ${key.id}: ours ${allowed}, SpiceDB ${theirs}`,
      );
  }
  const theirs = (await spice.list(key)).sort().join();
  counts.lists++;
  counts.listed += listed.length;
  if (theirs !== listed.sort().join())
    differences.push(`world ${counts.worlds}: the list of ${key.id}: ours ${listed}, SpiceDB ${theirs}`);
}

/** What the evaluator says of every action on everything, and what the lists hold; nothing for a credential that has ended. */
async function ours(database: Database, land: Land, key: Key) {
  const entrance = { organization: land.organization, credential: key.id };
  const decided: { action: ThingAction; thing: Land['resources'][number]; allowed: boolean }[] = [];
  const listed: string[] = [];
  await database.reading(entrance, async (tx) => {
    for (const thing of land.resources) {
      for (const noun of ['resource', 'bin'] as const) {
        const found = await factsFor(tx, entrance, { noun, id: thing.id, kind: thing.kind });
        for (const action of noun === 'bin' ? binActions : resourceActions) {
          decided.push({
            action,
            thing,
            allowed: found !== undefined && decide(action, found.facts).outcome === 'allow',
          });
        }
      }
    }
    const me = (await factsFor(tx, entrance, { noun: 'organization' }))?.me;
    if (!me) return;
    const scoped = scope('resource.open', { override: key.scopes.includes('override') });
    for (const kind of Object.keys(kinds) as Kind[]) {
      let after: string | undefined;
      do {
        const page = await pageOfResources(tx, scoped, me, { kind, limit: 2, after });
        listed.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after);
    }
  });
  return { decided, listed };
}
