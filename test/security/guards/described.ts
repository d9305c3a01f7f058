import { lines } from './lines.ts';
import { filesShowing } from './marks.ts';

const intro = `# Security

What is expected of whoever serves MCP on a network, where Postern keeps to it, and which test shows it. The list is the one that the
protocol's own pages and others' advisories come down to. \`npm run guards\` takes each of these guards out, one at a time, in a copy of
the project, runs the tests that bear the line's number, and expects one of them to fail; a guard that nobody notices is reported, and so is
a line whose tests fail as the code is. The page is printed from \`test/security/guards/lines.ts\`.

[SECURITY.md](../SECURITY.md) says how to report what is missing here.
`;

/** docs/security.md, as it has to read. */
export function described(): string {
  const rows = lines.map(({ line, expects, guards }) => {
    const kept = guards.map(({ file, does }) => `\`${file}\` ${does}`).join('; ');
    const shown = filesShowing(line)
      .map((file) => `\`${file}\``)
      .join(', ');
    return `| ${line} | ${expects} | ${kept} | ${shown} |`;
  });
  return `${intro}\n${['| line | what is expected | kept by | shown by |', '| --- | --- | --- | --- |', ...rows].join('\n')}\n`;
}
