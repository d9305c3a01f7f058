import * as z from 'zod';
import { rowFor } from '../access/policy.ts';
import { identity } from '../mcp/server.ts';
import { actionsOf } from '../workspace/operation.ts';
import { narrowings, narrows } from './arguments.ts';
import { isExport } from './export.ts';
import { components, resultsOf } from './openapi-components.ts';
import { named } from './openapi-parts.ts';
import { root } from './routes.ts';
import { type Served, type Shape, takenBy, tidy } from './served.ts';

const introduction = `The operations of Postern over plain HTTP: those of MCP, with the same shapes, words and decisions.
What you may not open looks as if it were not there. What is consequential answers 202 with a preview first, and nothing has
happened; the same call with its token in Postern-Confirm carries it out. Lists go on at next_cursor, which Link names too.
Names, descriptions and documents are data that people wrote.`;

/** All of REST as OpenAPI 3.1, made from the operations and their places alone; it holds nothing of anyone. */
export function openApi(all: readonly Served[]) {
  const answers = answersOf(all);
  const paths: Record<string, Record<string, object>> = {};
  for (const served of all) {
    const operation = operationOf(served, answers.nameOf(served));
    paths[served.path] = { ...paths[served.path], [served.method.toLowerCase()]: operation };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: identity.title,
      version: identity.version,
      description: introduction,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: root }],
    security: [{ key: [] }],
    tags: [...new Set(all.map(({ toolset }) => toolset))].map((name) => ({ name })),
    paths,
    components: components(answers.schemas),
  };
}

function operationOf(served: Served, answer: string) {
  const { tool, toolset } = served;
  const { operation, title, description } = tool;
  const rows = actionsOf(operation).map(rowFor);
  const scopes = [...new Set(rows.map(({ scope }) => scope))];
  const writes = rows.some(({ does }) => does !== 'read');
  return {
    operationId: operation.name,
    summary: title,
    description: `${description} ${takes(scopes)}`,
    tags: [toolset],
    security: scopes.map((scope) => ({ key: scope === 'none' ? [] : [scope] })),
    parameters: [...ownParameters(served), ...sharedParameters(served, writes)],
    ...(served.takesBody && bodyOf(served)),
    responses: resultsOf(served, answer, writes),
  };
}

const takes = (scopes: readonly string[]) =>
  scopes[0] === 'none' ? 'It takes no scope.' : `It takes the scope ${scopes.join(' or ')}.`;

function ownParameters({ tool, inPath, takesBody }: Served) {
  const { shapes, required } = takenBy(tool.operation);
  const inQuery = takesBody ? [] : Object.keys(shapes).filter((name) => !inPath.includes(name));
  return [
    ...inPath.map((name) => ({ name, in: 'path', required: true, ...described(shapes[name]) })),
    ...inQuery.map((name) => ({
      name,
      in: 'query',
      ...(required.includes(name) && { required: true }),
      ...(shapes[name]?.type === 'object' && { style: 'deepObject', explode: true }),
      ...(shapes[name]?.type === 'array' && { style: 'form', explode: true }),
      ...described(shapes[name]),
    })),
  ];
}

/** A schema without its description, which goes beside it. */
function described({ description, ...schema }: Shape = {}) {
  return { ...(description && { description }), schema };
}

function sharedParameters(served: Served, writes: boolean) {
  const names = [
    ...narrowings.filter((name) => narrows(served, name)),
    ...(writes ? ['idempotency_key'] : []),
    ...(served.tool.confirmed ? ['confirm'] : []),
    ...(served.compares ? ['if_match'] : []),
    ...(served.tagged && served.method === 'GET' ? ['if_none_match'] : []),
  ];
  return names.map((name) => named('parameters', name));
}

/** What is not in the path; a revision may come by If-Match as well. */
function bodyOf({ tool, inPath }: Served) {
  const { shapes, required } = takenBy(tool.operation);
  const properties = Object.fromEntries(Object.entries(shapes).filter(([name]) => !inPath.includes(name)));
  const needed = required.filter((name) => !inPath.includes(name) && name !== 'revision');
  const schema = {
    type: 'object',
    properties,
    ...(needed.length && { required: needed }),
    additionalProperties: false,
  };
  return { requestBody: { ...(needed.length && { required: true }), content: { 'application/json': { schema } } } };
}

/** Each shape of an answer under one name, that of the first operation that answers so. */
function answersOf(all: readonly Served[]) {
  const shapes = z.registry<{ id: string }>();
  const nameOf = ({ tool }: Served) => shapes.get(tool.operation.output)?.id ?? '';
  for (const served of all) {
    const { name, output } = served.tool.operation;
    if (!shapes.has(output) && !isExport(served.tool.operation)) shapes.add(output, { id: `${titled(name)}Answer` });
  }
  const { schemas } = z.toJSONSchema(shapes, {
    io: 'output',
    uri: (id) => `#/components/schemas/${id}`,
    override: (it) => {
      tidy(it);
      if (it.jsonSchema.additionalProperties === false) delete it.jsonSchema.additionalProperties;
    },
  });
  const plain = Object.entries(schemas).map(([name, { $schema, $id, ...schema }]) => [name, schema] as const);
  return { nameOf, schemas: Object.fromEntries(plain) };
}

const titled = (name: string) =>
  name
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
