import { open, readdir, realpath } from 'node:fs/promises';
import { basename, extname, join, relative, sep } from 'node:path';
import { Problem } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';

/** A file that is taken for a document. */
export interface Found {
  /** Below the folder, with slashes on every platform. */
  readonly path: string;
  readonly file: string;
  /** What its workflow will be called. */
  readonly name: string;
}

/** The JSON and YAML files in a folder and those in it, in the order of their paths; links are not followed. */
export async function documentsIn(folder: string): Promise<Found[]> {
  const root = await realpath(folder).catch(() => undefined);
  const entries = root && (await readdir(root, { recursive: true, withFileTypes: true }).catch(() => undefined));
  if (!root || !entries)
    throw new Problem('invalid_argument', `${folder} is no folder that can be read.`, { advice: 'Check its path.' });
  return entries
    .filter((entry) => entry.isFile() && /\.(json|ya?ml)$/i.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ file, path: relative(root, file).split(sep).join('/'), name: nameFrom(file) }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

const nameFrom = (file: string) => cleanLine(basename(file, extname(file))).slice(0, 120) || 'Imported';

/** In bytes: more than any document may have (DOC-1), so that the refusal of a longer one can be left to whoever judges documents. */
const enough = 2 * 1024 * 1024;

/** The text of a file, which is UTF-8; of one far too long, its beginning. */
export async function read(file: string): Promise<string> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(enough), 0, enough, 0);
    return new TextDecoder('utf-8', { fatal: bytesRead < enough }).decode(buffer.subarray(0, bytesRead));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_ENCODING_INVALID_ENCODED_DATA') throw cause;
    throw new Problem('invalid_argument', 'It is no UTF-8 text.', { cause });
  } finally {
    await handle.close();
  }
}
