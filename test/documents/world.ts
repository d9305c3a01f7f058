import { existsSync, readdirSync, readFileSync } from 'node:fs';
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
