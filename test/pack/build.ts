import { spawnSync } from 'node:child_process';
import { cpSync, globSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './own.ts';

/**
 * Writes into `dist/` what the package runs: the sources as JavaScript, since Node takes no TypeScript from node_modules,
 * and what they read while they run where they look for it. `npm pack` begins with it. Types are checked elsewhere.
 */
for (const folder of ['src', 'tools', 'examples']) rmSync(join(root, 'dist', folder), { recursive: true, force: true });
const tsc = join(root, 'node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', import.meta.dirname], { stdio: ['ignore', 2, 2] });
if (status !== 0) throw new Error('The sources can not be compiled.');
for (const file of globSync(['{src,tools}/**/*.*', 'examples/*'], { cwd: root, exclude: ['**/*.{ts,mjs}'] }))
  cpSync(join(root, file), join(root, 'dist', file));
