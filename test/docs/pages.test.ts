import { existsSync, globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { guides } from '../../src/mcp/guides.ts';
import { prompts } from '../../src/mcp/prompt-texts.ts';
import { views } from '../../src/mcp/views.ts';
import { anchorsOf, blocks, commandsOf, links, pages, paths } from './pages.ts';

const textOf = (file: string) => pages.find((page) => page.file === file)?.text ?? '';

test('every link between pages leads somewhere, to a heading too', () => {
  const broken = links.filter(
    ({ to, anchor }) => !existsSync(to) || (anchor !== '' && !anchorsOf(textOf(to)).includes(anchor)),
  );
  expect(broken).toEqual([]);
  expect(links.length).toBeGreaterThan(10);
});

test('every file that a page names is there; <angle brackets> stand for any', () => {
  const found = (path: string) => globSync(path.replaceAll(/<[^>]*>/g, '*')).length > 0;
  expect(paths.filter(({ path }) => !found(path))).toEqual([]);
  expect(paths.length).toBeGreaterThan(20);
});

test('what is between fences is shell or JSON, which tests run, or plain text', () => {
  expect(blocks.filter(({ language }) => !['sh', 'json', 'text'].includes(language))).toEqual([]);
});

test('a decision says its context, what was decided, and what follows, and has a number of its own', () => {
  const decisions = pages.filter(({ file }) => file.startsWith('docs/adr/'));
  const headings = ['## Context', '## Decision', '## Consequences'];
  const numbers = decisions.map(({ file }) => /^docs\/adr\/(\d{4})-[a-z0-9-]+\.md$/.exec(file)?.[1]);
  expect(new Set(numbers).size).toBe(decisions.length);
  for (const [i, { file, text }] of decisions.entries()) {
    expect(text.match(/^## .*$/gm), file).toEqual(headings);
    expect(text.startsWith(`# ${Number(numbers[i])}. `), file).toBe(true);
    expect(textOf('docs/architecture.md'), 'the architecture leads to it').toContain(file.replace('docs/', ''));
  }
  expect(decisions.length).toBeGreaterThan(5);
});

test('every decision that the code cites is there', () => {
  const cited = globSync(['src/**/*.ts', 'tools/*.ts', 'bench/*.ts']).flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/adr\/(\d{4})/g)].map(([, number]) => ({ file, number })),
  );
  expect(cited.filter(({ number }) => globSync(`docs/adr/${number}-*.md`).length === 0)).toEqual([]);
  expect(cited.length).toBeGreaterThan(0);
});

/** What a contributor runs takes minutes, so here it is only looked whether it is there to be run. */
test('every command of CONTRIBUTING is one of the project', () => {
  const scripts = Object.keys(JSON.parse(readFileSync('package.json', 'utf8')).scripts);
  const commands = blocks
    .filter(({ file, language }) => file === 'CONTRIBUTING.md' && language === 'sh')
    .flatMap(commandsOf);
  for (const command of commands) {
    const [, script, program, rest = ''] = /^(?:npm(?: run)? (\w+)|npx (\w+) run (.*))$/.exec(command) ?? [];
    if (program) expect(existsSync(`node_modules/.bin/${program}`), command).toBe(true);
    else expect(['ci', ...scripts], command).toContain(script);
    const named = rest.split(' ').filter((word) => word !== '' && word !== '-u');
    expect(
      named.filter((path) => !existsSync(path)),
      command,
    ).toEqual([]);
  }
  expect(commands.length).toBeGreaterThan(10);
});

test('README names every address and every prompt that MCP serves', () => {
  const served = [views, guides, prompts].flatMap((it) => Object.keys(it));
  expect(served.filter((name) => !textOf('README.md').includes(`\`${name}\``))).toEqual([]);
  expect(served.length).toBeGreaterThan(10);
});
