import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * What takes long to load and what many a process never needs: it comes with the first document that takes it, so that no start waits for
 * it. A document is read in one go, so it is not `import()`.
 */
export const yaml = lazily<typeof import('yaml')>('yaml');
export const ajv = lazily<typeof import('ajv/dist/2020.js')>('ajv/dist/2020.js');
export const ajvFormats = lazily<typeof import('ajv-formats')>('ajv-formats');

/** Kept here, since a document asks for it at every key. */
function lazily<T>(name: string): () => T {
  let loaded: T | undefined;
  return () => (loaded ??= require(name) as T);
}
