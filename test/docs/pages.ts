import { globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';

/** One page of the documentation. */
interface Page {
  readonly file: string;
  readonly text: string;
}

/** What stands between two fences. */
interface Block {
  readonly file: string;
  readonly language: string;
  readonly code: string;
}

export const pages: readonly Page[] = globSync(['*.md', 'docs/**/*.md', 'examples/*.md'])
  .sort()
  .map((file) => ({ file, text: readFileSync(file, 'utf8') }));

export const blocks: readonly Block[] = pages.flatMap(({ file, text }) =>
  [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', code = '']) => ({ file, language, code })),
);

/** The lines of shell that a block holds, without what a comment says of them. */
export const commandsOf = ({ code }: Block): string[] =>
  code
    .split('\n')
    .map((line) => line.replace(/\s+#.*$/, ''))
    .filter((line) => line !== '');

/** Every link from one page into the project, as a path from its root. */
export const links = pages.flatMap(({ file, text }) =>
  [...outsideFences(text).matchAll(/\]\((?!https?:)([^)#]*)(#[^)]*)?\)/g)].map(([, path = '', anchor = '']) => ({
    file,
    to: path === '' ? file : normalize(join(dirname(file), path)),
    anchor: anchor.slice(1),
  })),
);

/** The names under which a page's headings can be linked to. */
export const anchorsOf = (text: string): string[] =>
  [...outsideFences(text).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );

/** Files and folders of the project that a page names: as code in running text, or in a block of plain text. */
export const paths = [
  ...pages.flatMap(({ file, text }) =>
    [...outsideFences(text).matchAll(/`([^`\s]+)`/g)].map(([, path = '']) => ({ file, path })),
  ),
  ...blocks
    .filter(({ language }) => language === 'text')
    .flatMap(({ file, code }) => code.split(/[\s,;:]+/).map((path) => ({ file, path }))),
].filter(({ path }) => /^(src|tools|test|bench|docs|examples|\.ci)\//.test(path) && !/^tools\/(list|call)$/.test(path));

function outsideFences(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}
