import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/**
 * What takes long to load and what many a process never needs: it comes with the first document that takes it, so that no start waits for
 * it. A document is read in one go, so it is not `import()`.
 */
export const yaml = (): typeof import('yaml') => require('yaml');
export const ajv = (): typeof import('ajv/dist/2020.js') => require('ajv/dist/2020.js');
export const ajvFormats = (): typeof import('ajv-formats') => require('ajv-formats');
