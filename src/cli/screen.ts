import type { DemoPerson } from '../workspace/demo.ts';
import { main, postern } from './called.ts';
import type { Settings } from './settings.ts';

export interface Shown {
  /** Where people and clients reach it. */
  readonly address: string;
  /** Where this machine does, past every proxy. */
  readonly here: string;
  readonly settings: Settings;
  /** The people of the demo that was just made; their keys are shown here and nowhere else. */
  readonly demo: readonly DemoPerson[] | 'not empty' | undefined;
  readonly metricsAt?: string | undefined;
}

/** What someone sees once Postern serves: where it is, who may come in, and what to paste where. */
export function screen({ address, here, settings, demo, metricsAt }: Shown): string {
  const people = Array.isArray(demo) ? (demo as readonly DemoPerson[]) : [];
  const pages = settings.publicUrl ?? address.replace('//127.0.0.1:', '//localhost:');
  const key = people.find(({ name }) => name === 'Cleo')?.key ?? 'YOUR_KEY';
  return [
    '',
    'Postern serves.',
    '',
    `  MCP      ${address}/mcp`,
    `  Sign in  ${pages}/sign-in`,
    `  Health   ${here}/healthz and ${here}/readyz`,
    ...(metricsAt ? [`  Metrics  ${metricsAt}`] : []),
    `  Data     ${settings.database ? `${settings.database.database} on ${settings.database.host}` : settings.home}`,
    '',
    ...(people.length > 0 ? keysOf(people) : keyAdvice(demo)),
    'To sign in with a browser, someone needs a link to choose a password, once:',
    '',
    `  ${postern} sign-in link ${people[0]?.email ?? 'EMAIL'}`,
    '',
    ...(people.length > 0 ? ["What follows bears Cleo's key.", ''] : []),
    'A client that takes an address, like Claude Code:',
    '',
    `  claude mcp add --transport http postern ${address}/mcp --header "Authorization: Bearer ${key}"`,
    '',
    'One that takes JSON, like Cursor (VS Code calls the outer name "servers"):',
    '',
    pasted({ url: `${address}/mcp`, headers: { Authorization: `Bearer ${key}` } }),
    '',
    'Claude Desktop, in claude_desktop_config.json (it starts Postern itself, on the same data):',
    '',
    pasted(overStdio(address, settings, key)),
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

function keysOf(people: readonly DemoPerson[]): string[] {
  const width = Math.max(...people.map(({ email }) => email.length));
  return [
    'The organization Acme is new. These are the keys of its people, for 90 days; they are shown only now:',
    '',
    ...people.flatMap(({ email, is, scopes, key }) => [
      `  ${email.padEnd(width)}  ${is}`,
      `  ${''.padEnd(width)}  ${scopes.join(', ')}`,
      `  ${''.padEnd(width)}  ${key}`,
      '',
    ]),
  ];
}

const keyAdvice = (demo: 'not empty' | unknown) => [
  ...(demo === 'not empty'
    ? ['There was data already, so no demo was made. Keys are shown once, when they are made.']
    : []),
  `A new key: \`${postern} key create --person EMAIL --name NAME --scopes read,write,request\``,
  '',
];

/** With the embedded PostgreSQL a client's own process joins in; with another it goes through this server, so that it needs no password of the database. */
function overStdio(address: string, settings: Settings, key: string) {
  const where = settings.database ? { POSTERN_URL: `${address}/mcp` } : { POSTERN_HOME: settings.home };
  return {
    command: process.execPath,
    args: [main, 'stdio'],
    env: { POSTERN_KEY: key, ...where },
  };
}

const pasted = (server: object) => JSON.stringify({ mcpServers: { postern: server } }, null, 2).replace(/^/gm, '  ');
