import { lines } from './lines.ts';
import { filesShowing } from './marks.ts';

const intro = `# Security

What is expected of whoever serves MCP on a network, where Postern keeps to it, and which tests show it. The list is the one that the
protocol's own pages and others' advisories come down to. Each title of a test that shows a line ends in its number, \`(security 8)\`.
\`npm run guards\` takes each guard out of a copy of the project, one at a time, runs the tests of its line, and expects one to fail; a guard
that nobody misses is reported, and so is a line whose tests fail as the code is. This page is printed from \`test/security/guards\`.

What a caller may do at all is another page, [access.md](access.md), and so is what whoever runs Postern sees to: TLS, names, keys and
backups, [operations.md](operations.md). [SECURITY.md](../SECURITY.md) says how to report what is missing.

Whom it trusts: whoever runs the machine, owns the database or holds \`POSTERN_SECRET_KEY\` can read everything, and could seal another log;
a head that \`postern audit head\` printed and that is kept elsewhere shows that. An identity provider that was configured says who someone
is. A proxy named in \`POSTERN_TRUSTED_PROXIES\` says where a request comes from. Nobody else is believed: not an assistant, which may do what
a document told it to and therefore never has more than its key, nor what a client says of itself.
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
