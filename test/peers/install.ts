import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

const folder = import.meta.dirname;
const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
const installed = join(folder, 'node_modules/.installed-lock.json');
/** Holds the process that installs. */
const installing = join(folder, '.installing');

/** Begins to install the programs of other makers as their lock file pins them, if they are not there. */
export function install(): void {
  if (isInstalled() || isInstalling()) return;
  const npm = spawn('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder, stdio: 'inherit' });
  writeFileSync(installing, String(npm.pid));
  npm.once('close', (code) => {
    if (code === 0) writeFileSync(installed, lock);
    rmSync(installing, { force: true });
  });
}

/** Resolves once they are there. */
export async function whenInstalled(): Promise<void> {
  while (!isInstalled()) {
    if (!isInstalling() && !isInstalled()) throw new Error('npm ci has failed in test/peers: see what it says above.');
    await setTimeout(100);
  }
}

const isInstalled = () => existsSync(installed) && readFileSync(installed, 'utf8') === lock;

function isInstalling(): boolean {
  try {
    return process.kill(Number(readFileSync(installing, 'utf8')), 0);
  } catch {
    return false;
  }
}
