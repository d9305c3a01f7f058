import type { Tool as Entry } from '@modelcontextprotocol/server';
import { type Row, rowFor } from '../access/policy.ts';
import { refusals } from '../terms/problem.ts';
import { actionsOf, type Operation } from '../workspace/operation.ts';
import type { Session } from '../workspace/session.ts';
import { publishedInput, publishedOutput } from './schema.ts';

/** An operation, dressed for a model: the words that explain it. Name, shapes and hints come from the operation. */
export interface Wording {
  readonly operation: Operation;
  readonly title: string;
  readonly description: string;
}

export interface Tool extends Wording {
  /** Whether it may answer a preview first (EXT-8). */
  readonly confirmed: boolean;
  /** What tools/list says of it, made once, for the first who asks: all of them take a good part of a start. */
  readonly entry: Entry;
}

/** Where the whole can be had of what an operation answers page by page. */
export type LinkTo = (operation: Operation, args: Readonly<Record<string, unknown>>) => string | undefined;

/** Every tool by its toolset, in the order in which a client lists them. */
export type Catalogue = Readonly<Record<string, readonly Tool[]>>;

export function tool({ operation, title, description }: Wording): Tool {
  const rows = actionsOf(operation).map(rowFor);
  const confirmed = rows.some(({ confirm }) => confirm);
  let entry: Entry | undefined;
  return {
    operation,
    title,
    description,
    confirmed,
    get entry() {
      entry ??= {
        name: operation.name,
        title,
        description,
        inputSchema: publishedInput(operation.input, confirmed),
        outputSchema: publishedOutput(operation.output, confirmed),
        annotations: hintsOf(rows),
      };
      return entry;
    },
  };
}

/** Why a session is not offered an operation, and the next step; what no toolset of the connection has, tools/list says. */
export function lackOf(session: Session, operation: Operation | undefined): string {
  if (!operation) return '. tools/list says which there are.';
  const rows = actionsOf(operation).map(rowFor);
  if (isBeyondReading(session, rows)) return `, which only reads. ${refusals.read_only.advice}`;
  const scopes = [...new Set(rows.map(({ scope }) => scope))].join(' or ');
  return `: it takes the scope ${scopes}, which its key lacks. ${refusals.insufficient_scope.advice}`;
}

/** Whether a credential could ever use the operation, going by its scopes alone, or by those its person can be asked for (EXT-5). */
export function within({ credential, canAsk, readOnly }: Session, operation: Operation): boolean {
  const rows = actionsOf(operation).map(rowFor);
  if (isBeyondReading({ readOnly }, rows)) return false;
  return canAsk || rows.some(({ scope }) => scope === 'none' || credential.scopes.includes(scope));
}

/** Whether the session only reads, and these do more. */
const isBeyondReading = ({ readOnly }: Pick<Session, 'readOnly'>, rows: readonly Row[]) =>
  readOnly && rows.some(({ does }) => does !== 'read');

function hintsOf(rows: readonly Row[]) {
  const looks = rows.every(({ does }) => does === 'read');
  return {
    readOnlyHint: looks,
    destructiveHint: rows.some(({ does }) => does === 'change'),
    idempotentHint: looks,
    openWorldHint: false,
  };
}
