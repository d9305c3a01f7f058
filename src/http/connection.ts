import type { Catalogue, Tool } from '../mcp/tool.ts';
import { Problem } from '../terms/problem.ts';
import type { Narrowing } from '../workspace/session.ts';

/** How the operator narrows every connection. */
export interface Operator extends Narrowing {
  readonly toolsets?: readonly string[] | undefined;
}

/** What a connection can have; its address can only narrow it (section 14). */
export interface Offer {
  readonly catalogue: Catalogue;
  /** Of the catalogue, for who names none. */
  readonly usual: readonly string[];
  readonly narrowing: Narrowing;
}

export function offerOf(
  catalogue: Catalogue,
  usual: readonly string[],
  { toolsets, ...narrowing }: Operator = {},
): Offer {
  if (!toolsets) return { catalogue, usual, narrowing };
  toolsOf(catalogue, toolsets);
  const offered = Object.fromEntries(Object.entries(catalogue).filter(([name]) => toolsets.includes(name)));
  return { catalogue: offered, usual: toolsets, narrowing };
}

/** How the address of a connection narrows the credential. */
export function narrowingBy({ narrowing }: Offer, { searchParams: asked }: URL): Narrowing {
  return {
    readOnly: narrowing.readOnly === true || flag(asked, 'read_only'),
    workspace: [narrowing.workspace ?? [], asked.get('workspace') ?? []].flat(),
  };
}

/** The tools that the address of a connection asks for. */
export function toolsBy({ catalogue, usual }: Offer, { searchParams: asked }: URL): Tool[] {
  return toolsOf(
    catalogue,
    asked
      .get('toolsets')
      ?.split(',')
      .map((name) => name.trim()) ?? usual,
  );
}

export function toolsOf(catalogue: Catalogue, toolsets: readonly string[]): Tool[] {
  const unknown = toolsets.find((name) => !Object.hasOwn(catalogue, name));
  if (unknown !== undefined) {
    const known = Object.keys(catalogue).join(', ');
    throw new Problem('invalid_argument', `There is no toolset ${JSON.stringify(unknown)}; there are ${known}.`);
  }
  return Object.keys(catalogue).flatMap((name) => (toolsets.includes(name) ? (catalogue[name] ?? []) : []));
}

function flag(asked: URLSearchParams, name: string): boolean {
  const values = asked.getAll(name);
  const odd = values.find((value) => value !== 'true' && value !== 'false');
  if (odd === undefined) return values.includes('true');
  throw new Problem('invalid_argument', `${name} is true or false, not ${JSON.stringify(odd)}.`);
}
