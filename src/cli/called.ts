import { extname, join } from 'node:path';

const ending = extname(import.meta.filename);

/** Where Postern starts, for whoever calls it without npm in between: a source in a clone, compiled in the package. */
export const main = join(import.meta.dirname, `main${ending}`);

/** How someone at a terminal calls it again: of a package that is installed for all, or in a container, npx knows nothing. */
export const postern =
  ending === '.ts' ? 'npm run -s postern --' : `${process.env.npm_command === 'exec' ? 'npx ' : ''}postern`;
