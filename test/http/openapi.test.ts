import { join } from 'node:path';
import { expect, test } from 'vitest';
import { routes } from '../../src/http/routes.ts';
import { refusals } from '../../src/terms/problem.ts';
import { operations } from '../../src/workspace/operations.ts';
import { peer, peers } from '../support/peer.ts';
import { documentOf, generatedFrom, type OpenApi } from '../support/rest.ts';
import { serviceIn } from '../support/service.ts';
import { served } from '../support/world.ts';

const service = await serviceIn({ connection: served });
const document = await documentOf(service);
const all = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
);

test('the document is the committed one, so that a change of the surface shows in the diff', async () => {
  await expect(`${JSON.stringify(document, null, 2)}\n`).toMatchFileSnapshot('openapi.json');
});

test('the document is valid OpenAPI 3.1', async () => {
  const { Validator } = await import(join(peers, '@seriousme/openapi-schema-validator/index.js'));
  const validator = new Validator();
  expect(await validator.validate(structuredClone(document))).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
  expect((await validator.validate({ ...document, paths: { '/x': { get: { parameters: 1 } } } })).valid).toBe(false);
});

test('every operation is in it once, at the address that the table gives it', () => {
  const places = Object.fromEntries(
    all.map(({ operationId, method, path }) => [operationId, `${method.toUpperCase()} ${path}`]),
  );
  expect(places).toEqual(routes);
  expect(Object.keys(places).sort()).toEqual(Object.keys(operations).sort());
  expect(all).toHaveLength(Object.keys(operations).length);
});

test('no two operations share an address, whatever their arguments are called', () => {
  const shapes = Object.values(routes).map((route) => route.replaceAll(/\{\w+\}/g, '{}'));
  expect(new Set(shapes).size).toBe(shapes.length);
});

test('what is in a path is an argument that the operation cannot do without', () => {
  for (const [name, route] of Object.entries(routes)) {
    const { shape } = operations[name as keyof typeof operations].input;
    for (const [, argument = ''] of route.matchAll(/\{(\w+)\}/g)) {
      expect(shape, `${name} has ${argument}`).toHaveProperty(argument);
      expect(shape[argument].safeParse(undefined).success, `${name} needs ${argument}`).toBe(false);
    }
  }
});

test('every refusal is in it, with its code, title and advice as they are said', () => {
  const examples = Object.values(document.components.responses as Responses).flatMap(({ content }) =>
    Object.values(content?.['application/problem+json']?.examples ?? {}).map(({ value }) => value),
  );
  for (const [code, { title, status }] of Object.entries(refusals)) {
    expect(examples.filter((it) => it.code === code && it.status === status)).toMatchObject([
      { title, detail: expect.stringMatching(/\.$/), advice: expect.stringMatching(/\.$/) },
    ]);
  }
});

interface Responses {
  readonly [status: string]: {
    readonly content?: Record<
      string,
      { readonly examples?: Record<string, { readonly value: Record<string, unknown> }> }
    >;
  };
}

test('whoever has no key reads the same document', async () => {
  const address = 'http://localhost/api/v1/openapi.json';
  const response = await service.fetch(new Request(address, { headers: { authorization: 'Bearer nonsense' } }));
  expect(await response.json()).toEqual(document);
});

test('what the operator turned off is in no document', async () => {
  const narrow = await serviceIn({ connection: served }, { operator: { toolsets: ['workflows'] } });
  const { paths }: OpenApi = await documentOf(narrow);
  expect(Object.keys(paths)).toContain('/workflows/{id}');
  expect(Object.keys(paths).filter((path) => !path.startsWith('/workflows'))).toEqual([]);
});

test('a client that is generated from it holds to its types', async () => {
  const { folder } = await generatedFrom(document);
  const options = [
    '--ignoreConfig',
    '--noEmit',
    '--strict',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--module',
    'nodenext',
  ];
  const { code, stdout } = await peer(
    'tsc',
    ...options,
    '--lib',
    'es2022,dom,dom.iterable',
    join(folder, 'sdk.gen.ts'),
  );
  expect(stdout).toBe('');
  expect(code).toBe(0);
});
