import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { inject } from 'vitest';
import type { Service } from './agent.ts';
import { peer } from './peer.ts';

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
}
interface Documented {
  readonly operationId: string;
  readonly parameters: readonly Parameter[];
  readonly requestBody?: object;
  readonly responses: Readonly<Record<string, { readonly $ref?: string }>>;
}
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Documented>>>>;
  readonly components: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/** How a call is made, beside its arguments. */
export interface RestHow {
  readonly confirm?: string;
  readonly key?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, unknown>>;
}

type Sent = { data?: unknown; error?: unknown; response: Response };
type Sdk = Record<string, (options: object) => Promise<Sent>>;

/** What Postern serves as its document. */
export async function documentOf(service: Service): Promise<OpenApi> {
  const response = await service.fetch(new Request('http://localhost/api/v1/openapi.json'));
  return (await response.json()) as OpenApi;
}

/** A client that others' program writes from the document that is served: once a run, unless two files ask for it at the same time. */
export async function generatedFrom(document: OpenApi) {
  const text = JSON.stringify(document);
  const folder = join(inject('folder'), `client-${createHash('sha256').update(text).digest('hex')}`);
  if (!existsSync(folder)) await generateInto(folder, text);
  const load = (file: string) => import(/* @vite-ignore */ pathToFileURL(join(folder, file)).href);
  const sdk: Sdk = await load('sdk.gen.ts');
  const { createClient, createConfig } = await load('client/index.ts');
  return { folder, sdk, createClient, createConfig };
}

/** Beside its place at first, then moved there whole. */
async function generateInto(folder: string, document: string): Promise<void> {
  const made = mkdtempSync(`${folder}-`);
  writeFileSync(join(made, 'openapi.json'), document);
  const written = await peer(
    'openapi-ts',
    '-i',
    join(made, 'openapi.json'),
    '-o',
    join(made, 'client'),
    '--no-log-file',
  );
  if (written.code !== 0) throw new Error(written.stdout + written.stderr);
  try {
    renameSync(join(made, 'client'), folder);
  } catch (thrown) {
    if (!existsSync(folder)) throw thrown;
  }
}

/** The generated client in the hands of whoever has `secret`. */
export function restOf(
  document: OpenApi,
  { sdk, createClient, createConfig }: Awaited<ReturnType<typeof generatedFrom>>,
  service: Service,
  secret: string,
) {
  const client = createClient(
    createConfig({
      baseUrl: 'http://localhost/api/v1',
      auth: secret,
      fetch: async (request: Request) => service.fetch(request),
    }),
  );
  /** Sends each argument where the document says that it goes; what it knows none of goes with the others. */
  return async (name: string, args: Record<string, unknown> = {}, { confirm, key, headers, query }: RestHow = {}) => {
    const operation = operationIn(document, name);
    const inPath = operation.parameters.filter((it) => it.in === 'path').map((it) => it.name);
    const [path, rest] = parted(args, inPath);
    const { data, error, response } = await (sdk[camel(name)] as Sdk[string])({
      client,
      ...(inPath.length && { path }),
      ...(operation.requestBody ? { body: rest, query } : { query: { ...rest, ...query } }),
      headers: {
        ...(confirm !== undefined && { 'Postern-Confirm': confirm }),
        ...(key !== undefined && { 'Idempotency-Key': key }),
        ...headers,
      },
    });
    const said = response.ok ? data : error;
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
    const body: any = said instanceof Blob ? await said.text() : said;
    return { response, status: response.status, body };
  };
}

/** What is wrong with an answer, going by what the document says of that operation and status. */
export function fitting(document: OpenApi) {
  const ajv = new Ajv2020({ strict: false, validateSchema: false, validateFormats: false });
  ajv.addSchema(document, 'postern');
  const compiled = new Map<string, ValidateFunction>();
  return (name: string, status: number, body: unknown): unknown => {
    const found = Object.entries(document.paths)
      .flatMap(([path, methods]) => Object.entries(methods).map(([method, it]) => ({ path, method, ...it })))
      .find(({ operationId }) => operationId === name);
    const said = found?.responses[status];
    if (!found || !said) return `nothing is said of ${status} for ${name}`;
    const { path, method } = found;
    const at = said.$ref ?? `#/paths/${path.replaceAll('/', '~1')}/${method}/responses/${status}`;
    const { content = {} } = said.$ref
      ? ((document.components.responses as Record<string, Content>)[status] as Content)
      : (said as Content);
    const media = Object.keys(content)[0] ?? '';
    const $ref = `postern${at}/content/${media.replaceAll('/', '~1')}/schema`;
    const holds = compiled.get($ref) ?? ajv.compile({ $ref });
    compiled.set($ref, holds);
    return holds(body) ? undefined : holds.errors;
  };
}

interface Content {
  readonly content?: Readonly<Record<string, object>>;
}

/** What the document says of an operation. */
export function operationIn({ paths }: OpenApi, name: string): Documented {
  const found = Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .find(({ operationId }) => operationId === name);
  if (!found) throw new Error(`the document has no ${name}`);
  return found;
}

function parted(args: Record<string, unknown>, names: readonly string[]) {
  const all = Object.entries(args);
  const isIn = ([name]: [string, unknown]) => names.includes(name);
  return [Object.fromEntries(all.filter(isIn)), Object.fromEntries(all.filter((it) => !isIn(it)))] as const;
}

const camel = (name: string) => name.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
