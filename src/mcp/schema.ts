import type { Tool as Entry } from '@modelcontextprotocol/server';
import * as z from 'zod';

type Published = Entry['inputSchema'];

const anyObject = { type: 'object' } as const;

/** What a client is told to send; a confirmed tool takes the token of its preview beside its own arguments (EXT-8). */
export function publishedInput(input: z.ZodObject, confirmed: boolean): Published {
  const { $schema, ...schema } = z.toJSONSchema(input, { io: 'input', override: lean });
  const confirm = { type: 'string', description: 'The token from the preview; leave out to get the preview.' };
  return { ...schema, properties: { ...schema.properties, ...(confirmed && { confirm }) } } as Published;
}

/**
 * What a client may find in an answer. It requires nothing and knows `error`, since clients hold refusals to it as well;
 * the operation's own output stays strict.
 */
export function publishedOutput(output: z.ZodObject, confirmed: boolean): Published {
  const { $schema, required, ...schema } = z.toJSONSchema(output, { io: 'output', override: open });
  const preview = { preview: anyObject, confirm: { type: 'string' } };
  return { ...schema, properties: { ...schema.properties, ...(confirmed && preview), error: anyObject } } as Published;
}

interface Node {
  jsonSchema: z.core.JSONSchema.BaseSchema;
}

/**
 * Takes out what no caller is helped by: bounds that every JSON integer has, a format spelled out as a pattern again, that keys
 * are texts, and how long a text may be, which is judged with words of our own where the call is performed.
 */
function lean({ jsonSchema }: Node): void {
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.format) delete jsonSchema.pattern;
  delete jsonSchema.propertyNames;
  delete jsonSchema.minLength;
  delete jsonSchema.maxLength;
}

function open(node: Node): void {
  lean(node);
  if (node.jsonSchema.additionalProperties === false) delete node.jsonSchema.additionalProperties;
}
