#!/usr/bin/env node
/** Runs Postern on the Node that was installed with it, whichever started this: an older one can't read TypeScript. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const installed = join(import.meta.dirname, '../../node_modules/node/bin/node');
const node = existsSync(installed) ? installed : process.execPath;
const child = spawn(node, [join(import.meta.dirname, 'main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });

for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 1));
