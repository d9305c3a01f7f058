import * as z from 'zod';
import type { Catalogue, Tool } from '../mcp/tool.ts';
import type { Operation } from '../workspace/operation.ts';
import { type Method, routes } from './routes.ts';

export type Shape = z.core.JSONSchema.BaseSchema;

/** An operation where REST has it. */
export interface Served {
  readonly tool: Tool;
  readonly toolset: string;
  readonly method: Method;
  /** Below /api/v1, with the names of arguments in braces. */
  readonly path: string;
  readonly inPath: readonly string[];
  /** Whether the other arguments make a body; else they are in the query. */
  readonly takesBody: boolean;
  /** Where what it makes can be opened, if it makes something that has an address. */
  readonly makes?: string | undefined;
  /** Whether it adds to what stands at its path, one by one. */
  readonly creates: boolean;
  /** Whether it answers something with revisions, which an ETag tells apart. */
  readonly tagged: boolean;
  /** Whether it starts from a revision, which If-Match may name. */
  readonly compares: boolean;
}

/** What REST serves of a catalogue: what the operator turned off is off here too (section 14). */
export function servedFrom(catalogue: Catalogue): Served[] {
  const offered = Object.entries(catalogue).flatMap(([toolset, tools]) => tools.map((tool) => ({ toolset, tool })));
  const all = offered
    .filter(({ tool }) => Object.hasOwn(routes, tool.operation.name))
    .map(({ toolset, tool }) => ({ toolset, tool, ...addressOf(tool.operation) }));
  return all.map((it) => {
    const member = all.filter(({ path }) => path.startsWith(`${it.path}/{`));
    const creates = it.method === 'POST' && member.length > 0;
    const opens = member.some(({ method, path }) => method === 'GET' && path === `${it.path}/{id}`);
    return { ...it, creates, makes: creates && opens ? it.path : undefined };
  });
}

function addressOf({ name, input, output }: Operation) {
  const [method, path] = (routes[name as keyof typeof routes] as string).split(' ') as [Method, string];
  return {
    method,
    path,
    inPath: [...path.matchAll(/\{(\w+)\}/g)].map(([, argument = '']) => argument),
    takesBody: ['POST', 'PUT', 'PATCH'].includes(method),
    tagged: Object.hasOwn(output.shape, 'revision'),
    compares: input.shape.revision?.isOptional() === false,
  };
}

/** What an operation takes. */
export interface Taken {
  /** Every argument as JSON Schema, by name. */
  readonly shapes: Readonly<Record<string, Shape>>;
  /** Arguments that a call cannot leave out. */
  readonly required: readonly string[];
}

const taken = new WeakMap<Operation, Taken>();

/** Made once, for the first call of it: all of them take a good part of a start. */
export function takenBy(operation: Operation): Taken {
  const made = taken.get(operation) ?? read(operation);
  taken.set(operation, made);
  return made;
}

function read({ input }: Operation): Taken {
  const { properties = {}, required = [] } = z.toJSONSchema(input, { io: 'input', override: tidy });
  return { shapes: properties as Record<string, Shape>, required };
}

/** Takes out of a schema what helps no caller: bounds that every JSON integer has, formats spelled out again, that keys are texts. */
export function tidy({ jsonSchema }: { jsonSchema: Shape }): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.format) delete jsonSchema.pattern;
  delete jsonSchema.propertyNames;
}
