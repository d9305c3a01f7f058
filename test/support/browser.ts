import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core';
import { afterAll } from 'vitest';
import { peers } from './peer.ts';

/** A Chromium for the test file; a file starts one. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ args: ['--no-sandbox', '--disable-gpu'], ...(await chromiumHere()) });
  afterAll(() => browser.close());
  return browser;
}

/** The ways in which each page is looked at: no colour depends on the width of a window, and nothing's place on the colours. */
export const looks = [
  { colorScheme: 'light', viewport: { width: 1280, height: 900 } },
  { colorScheme: 'dark', viewport: { width: 390, height: 844 } },
] as const;

const require = createRequire(import.meta.url);
/** The smaller of its two files, since every page that is shown reads it anew. */
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with a page, in words. */
export async function faultsOf(page: Page): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe);
  const { violations } = (await page.evaluate('axe.run({ resultTypes: ["violations"] })')) as {
    violations: Violation[];
  };
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
  );
}

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** The browser that CHROMIUM_PATH names, else the one that npm brought, with the libraries and fonts that it needs. */
async function chromiumHere(): Promise<LaunchOptions> {
  const { CHROMIUM_PATH: executablePath, ...env } = process.env;
  if (executablePath) return { executablePath };
  const { version } = JSON.parse(readFileSync(join(peers, '@sparticuz/chromium/package.json'), 'utf8'));
  const folder = join(peers, `.chromium-${version}`);
  if (!existsSync(folder)) await unpackInto(folder);
  const surroundings = { LD_LIBRARY_PATH: join(folder, 'al2023/lib'), FONTCONFIG_PATH: join(folder, 'fonts') };
  return { executablePath: join(folder, 'chromium'), env: { ...env, ...surroundings } as Record<string, string> };
}

/** Its package unpacks into the folder for temporary files: here one of its own, that is then moved to its place whole. */
async function unpackInto(folder: string): Promise<void> {
  const made = mkdtempSync(`${folder}-`);
  const script = `(await import(${JSON.stringify(join(peers, '@sparticuz/chromium/build/esm/index.js'))})).default.executablePath()`;
  const env = { ...process.env, TMPDIR: made, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', `await ${script}`], { env });
  writeFileSync(
    join(made, 'fonts/fonts.conf'),
    `<fontconfig><dir>${folder}/fonts</dir><cachedir>${folder}/cache</cachedir></fontconfig>`,
  );
  try {
    renameSync(made, folder);
  } catch {
    rmSync(made, { recursive: true });
  }
}
