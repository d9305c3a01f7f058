import { sql } from 'kysely';
import pg from 'pg';
import { storeOf, type Tx } from '../src/storage/database.ts';

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

const large = ['resource', 'access_grant', 'membership', 'revision'];

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
    if (rows[0]) plans.push(rows[0]['QUERY PLAN'][0].Plan);
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

/** The named statements that some work sends, over whatever connection. */
async function sentBy(work: () => Promise<unknown>): Promise<Sent[]> {
  const sent: Sent[] = [];
  const prototype = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
  const { query } = prototype;
  prototype.query = function (this: unknown, ...args: unknown[]) {
    const it = args[0] as Partial<Sent> & { name?: string };
    if (it?.name && it.text && it.values) sent.push({ text: it.text, values: it.values });
    return query.apply(this, args);
  };
  try {
    await work();
  } finally {
    prototype.query = query;
  }
  return sent;
}

const nodesOf = (node: Node): Node[] => [node, ...(node.Plans ?? []).flatMap(nodesOf)];

const literal = (value: unknown): string => {
  if (value === null || value === undefined) return 'null';
  if (Array.isArray(value)) return `'{${value.join(',')}}'`;
  return typeof value === 'string' ? pg.escapeLiteral(value) : String(value);
};
