import { sql } from 'kysely';
import pg from 'pg';
import { storeOf, type Tx } from '../src/storage/database.ts';
import type { Figure } from './measure.ts';

/** What one run of some work asked of the database: the buffers it read, and the large tables it read from end to end. */
export interface Plan {
  readonly buffers: number;
  readonly scanned: readonly string[];
}

interface Sent {
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Node {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Shared Hit Blocks'?: number;
  readonly 'Shared Read Blocks'?: number;
  readonly 'Actual Loops'?: number;
  readonly Plans?: readonly Node[];
}

const large = ['resource', 'access_grant', 'membership', 'revision', 'person', 'workspace_member'];

/** How many large tables are read from end to end, which none may be: each has an index for what is asked of it. */
export function scansIn(asker: string, plans: Readonly<Record<string, Plan>>): Figure {
  const those = Object.entries(plans).flatMap(([what, { scanned }]) => scanned.map((table) => `${table} in ${what}`));
  return {
    question: `${asker}: scans`,
    figure: those.length,
    bound: 0,
    note: those.join(', ') || `index plans in ${Object.keys(plans).join(', ')}`,
  };
}

/** Runs the work once, then explains each statement that it sent, with the plan that serves any parameters. */
export async function planOf(tx: Tx, work: () => Promise<unknown>): Promise<Plan> {
  const plans: Node[] = [];
  for (const [i, { text, values }] of (await sentBy(work)).entries()) {
    const name = sql.raw(`planned_${i}`);
    await sql`prepare ${name} as ${sql.raw(text)}`.execute(storeOf(tx));
    const { rows } = await sql<{
      'QUERY PLAN': [{ Plan: Node }];
    }>`explain (analyze, buffers, format json) execute ${name} (${sql.raw(values.map(literal).join(', '))})`.execute(
      storeOf(tx),
    );
    await sql`deallocate ${name}`.execute(storeOf(tx));
    if (!rows[0]) throw new Error(`There is no plan of: ${text}`);
    plans.push(rows[0]['QUERY PLAN'][0].Plan);
  }
  const nodes = plans.flatMap(nodesOf);
  return {
    buffers: plans.reduce((sum, plan) => sum + (plan['Shared Hit Blocks'] ?? 0) + (plan['Shared Read Blocks'] ?? 0), 0),
    scanned: nodes
      .filter(
        (node) =>
          node['Node Type'] === 'Seq Scan' && node['Actual Loops'] && large.includes(node['Relation Name'] ?? ''),
      )
      .map((node) => node['Relation Name'] ?? ''),
  };
}

/** The statements that some work sends, over whatever connection: each has a name, since only those are prepared. */
async function sentBy(work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: (Sent & { readonly name?: string })[] = [];
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const it = args[0] as Partial<Sent> & { name?: string };
    sent.push({ text: String(it.text ?? it), values: it.values ?? [], ...(it.name && { name: it.name }) });
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  if (sent.length === 0) throw new Error('Nothing was sent that has a plan.');
  const unnamed = sent.find(({ name }) => name === undefined);
  if (unnamed) throw new Error(`A statement without a name is not prepared: ${unnamed.text}`);
  return sent;
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `'{${value.join(',')}}'`;
  return typeof value === 'string' ? pg.escapeLiteral(value) : String(value);
};
