import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readDocument } from '../../src/documents/document.ts';

const examples = new URL('../../examples/', import.meta.url);
const exported = new URL('../../../shared/data/', import.meta.url);

export interface File {
  readonly name: string;
  readonly text: string;
}

/** Our own examples, always, and the real exports where they are. */
export function realDocuments(): File[] {
  const ours = filesIn(examples);
  if (existsSync(exported))
    return [...ours, ...filesIn(new URL('n8n/', exported)), ...filesIn(new URL('serverless-workflow/', exported))];
  process.stderr.write('The folder ../shared/data is not there: only examples/ is read.\n');
  return ours;
}

export function example(name: string): string {
  return readFileSync(new URL(name, examples), 'utf8');
}

/** The folder with the real exports and their schema, or ours where it is not there; and all documents in it and below. */
export const realFolder = fileURLToPath(existsSync(exported) ? exported : examples);
export const realFiles = (): File[] =>
  ['', 'n8n/', 'serverless-workflow/']
    .map((below) => join(realFolder, below))
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => filesIn(pathToFileURL(folder)));

/** The places in an n8n export that name, as the end of a connection, a node that it does not have; told from its words alone. */
export function toNowhere({ nodes, connections }: N8n): string[] {
  const places: string[] = [];
  const look = (name: string, pointer: string) => nodes.some((node) => node.name === name) || places.push(pointer);
  for (const [from, kinds] of Object.entries(connections)) {
    const at = `/connections/${from.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    look(from, at);
    for (const [kind, outputs] of Object.entries(kinds))
      for (const [i, output] of outputs.entries())
        for (const [j, wire] of (output ?? []).entries()) look(wire.node, `${at}/${kind}/${i}/${j}/node`);
  }
  return places;
}

export const isConnection = (pointer: string) => pointer.startsWith('/connections/');

interface N8n {
  readonly nodes: readonly { readonly name: string }[];
  readonly connections: Readonly<Record<string, Readonly<Record<string, ({ readonly node: string }[] | null)[]>>>>;
}

/** A document that is surely read. */
export function read(input: unknown) {
  const document = readDocument(input);
  if ('errors' in document) throw new Error(`Refused: ${JSON.stringify(document.errors)}`);
  return document;
}

/** A refusal as one line a finding: code, pointer, message. */
export function refusal(input: unknown, format?: Parameters<typeof readDocument>[1]): string[] {
  const document = readDocument(input, format);
  return 'errors' in document
    ? document.errors.map(({ pointer, message }) => `${document.code} ${pointer}: ${message}`)
    : [];
}

function filesIn(folder: URL): File[] {
  return readdirSync(folder)
    .filter((name) => /\.(?:json|yaml)$/.test(name))
    .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
}
