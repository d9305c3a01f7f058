#!/usr/bin/env node
/**
 * What runs when `postern` is called, in words that old Nodes can read too. A clone runs its sources on the Node that npm
 * installed with it, whichever started this; the package, which brings none, runs here if this one is new enough.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

if (existsSync(at('main.ts'))) fromSources();
else if (isNewEnough()) import(new URL('../../dist/src/cli/main.js', import.meta.url).href);

function fromSources() {
  const installed = at('../../node_modules/node/bin/node');
  const node = existsSync(installed) ? installed : process.execPath;
  const child = spawn(node, [at('main.ts'), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => process.exit(code === null ? 1 : code));
}

function isNewEnough() {
  const { engines } = JSON.parse(readFileSync(at('../../package.json'), 'utf8'));
  const [major, minor] = engines.node.replace('>=', '').split('.').map(Number);
  const [ownMajor, ownMinor] = process.versions.node.split('.').map(Number);
  if (ownMajor > major || (ownMajor === major && ownMinor >= minor)) return true;
  process.stderr.write(`Postern needs Node ${major}.${minor} or newer, and this is ${process.versions.node}.\n`);
  process.exitCode = 1;
  return false;
}
