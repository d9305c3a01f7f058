import { Problem } from '../terms/problem.ts';
import { type Command, helpOn, read } from './command.ts';
import { type Environment, readSettings, type Settings } from './settings.ts';

/** Each is loaded only when it is called, since a desktop client waits for `stdio`. */
const commands: Record<string, () => Promise<{ default: Command }>> = {
  start: () => import('./start.ts'),
  stdio: () => import('./stdio.ts'),
  init: () => import('./init.ts'),
  'key create': () => import('./key-create.ts'),
  'key list': () => import('./key-list.ts'),
  'key revoke': () => import('./key-revoke.ts'),
  'client add': () => import('./client-add.ts'),
  'client list': () => import('./client-list.ts'),
  'client remove': () => import('./client-remove.ts'),
  'sign-in link': () => import('./sign-in-link.ts'),
  'invitation accept': () => import('./invitation-accept.ts'),
  'billing show': () => import('./billing-show.ts'),
  'billing set': () => import('./billing-set.ts'),
  'organization delete': () => import('./organization-delete.ts'),
  'organization restore': () => import('./organization-restore.ts'),
  import: () => import('./import.ts'),
  'audience import': () => import('./audience-import.ts'),
  'audience export': () => import('./audience-export.ts'),
  'audience remove': () => import('./audience-remove.ts'),
  'secrets rotate': () => import('./secrets-rotate.ts'),
  'tokens rotate': () => import('./tokens-rotate.ts'),
  call: () => import('./call.ts'),
  'audit verify': () => import('./audit-verify.ts'),
  'audit head': () => import('./audit-head.ts'),
  backup: () => import('./backup.ts'),
  restore: () => import('./restore.ts'),
  migrate: () => import('./migrate.ts'),
  doctor: () => import('./doctor.ts'),
};

/** Carries out a command line; answers the exit code, and says on standard error what was refused. */
export async function carryOut(words: readonly string[], environment: Environment): Promise<number> {
  try {
    return await commanded(words, environment);
  } catch (thrown) {
    process.stderr.write(`${explained(thrown)}\n`);
    return 1;
  }
}

async function commanded(said: readonly string[], environment: Environment): Promise<number> {
  const words = said.length > 0 ? said : alone(readSettings(environment));
  const name = Object.keys(commands).find((it) => it === words.slice(0, it.split(' ').length).join(' '));
  const load = name && commands[name];
  if (!load) return overview(words);
  const { default: command } = await load();
  const { given, taken, help } = read(name, command, words.slice(name.split(' ').length));
  if (help) return print(helpOn(name, command));
  return command.run(given, readSettings(environment), ...taken);
}

/** What `postern` alone does: what `npm start` does in a clone, but nothing to data that lie elsewhere. */
const alone = ({ database, url }: Settings) => (database || url ? ['--help'] : ['start', '--demo']);

async function overview([first, second]: readonly string[]): Promise<number> {
  const asked = first === undefined || first === '--help' || first === '-h' || first === 'help';
  const group =
    first !== undefined && Object.keys(commands).some((name) => name.startsWith(`${first} `)) ? first : undefined;
  if (!asked && !(group && (second === undefined || second === '--help'))) {
    const unknown = group ? `${first} ${second}` : first;
    throw new Problem('invalid_argument', `There is no command ${JSON.stringify(unknown)}.`, {
      advice: '`postern --help` lists them.',
    });
  }
  const shown = Object.keys(commands).filter((name) => !group || name.startsWith(`${group} `));
  const lines = await Promise.all(
    shown.map(async (name) => {
      const { summary, takes } = (await commands[name]?.())?.default ?? { summary: '', takes: [] };
      return `  ${[name, ...takes].join(' ').padEnd(20)}${summary}`;
    }),
  );
  return print(['Postern: the workspace server that AI assistants work through.\n', ...lines, ending].join('\n'));
}

const ending = `
\`postern <command> --help\` shows its flags.

Environment:
  DATABASE_URL           PostgreSQL to use; without it Postern brings its own
  POSTERN_HOME           the folder of that one's data (~/.local/share/postern)
  POSTERN_HOST           where \`start\` listens (127.0.0.1)
  POSTERN_PORT           … and its port (8410)
  POSTERN_ALLOWED_HOSTS  names under which others reach it, with commas between
  POSTERN_SECRET_KEY     32 bytes as base64 that secrets of integrations are kept under (a file in POSTERN_HOME)
  POSTERN_SMTP_URL       a mail server that sends invitations, like smtp://user:password@mail.example:587
  POSTERN_MAIL_FROM      … and the address that they come from
  POSTERN_PUBLIC_URL     where people reach this Postern with a browser, like https://postern.example
  POSTERN_OIDC_ISSUER    an identity provider by which people may sign in, like https://login.example
  POSTERN_OIDC_CLIENT_ID  … and as which client of it, with /sign-in/provider/callback to lead back to
  POSTERN_OIDC_CLIENT_SECRET  … and that client's secret
  POSTERN_OIDC_NAME      … and what its button says (your company)
  POSTERN_OIDC_DOMAINS   … and the domains of the emails that it may speak for, with commas between (any)
  POSTERN_TOOLSETS       the toolsets that connections may have here, with commas between (those that they ask for)
  POSTERN_READ_ONLY      true: nothing is changed here
  POSTERN_WORKSPACE      the one workspace that is there for connections here, by name or id (all)
  POSTERN_REGISTRATION   whether clients may register themselves to be let in by OAuth: on or off (on)
  POSTERN_AUTH_ISSUER    an identity provider that issues access tokens in Postern's stead, like https://login.example
  POSTERN_AUTH_AUDIENCE  … and what its tokens say that they are for (the address of MCP)
  POSTERN_AUTH_CLAIMS    … and how their claims are called, like email=upn,verified=always,scopes=scp
  POSTERN_METRICS_PORT   a port where Prometheus reads /metrics; without it nothing is counted
  POSTERN_METRICS_HOST   … and its address (127.0.0.1); whoever reaches it may read
  OTEL_EXPORTER_OTLP_ENDPOINT         where traces go, like http://127.0.0.1:4318; without it nothing is traced
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT  … or the whole address for traces alone
  OTEL_TRACES_SAMPLER_ARG             … and the share that is traced, of what no caller traces (1)
  POSTERN_RATE_PERSON    requests of one person within a minute (600; 0 is without a bound)
  POSTERN_RATE_COSTLY    … of these, calls of each tool that costs much, like exports, searches and requests (60)
  POSTERN_RATE_ADDRESS   keys that hold nothing, from one address within a minute (120)
  POSTERN_STREAMS        how many streams of MCP are open at once, each a connection and memory of this process (10000)
  POSTERN_TRUSTED_PROXIES proxies whose X-Forwarded-For is believed, like 10.0.0.7,192.168.0.0/16
  POSTERN_DRAIN_SECONDS  how long \`start\` serves on once it was asked to end, while /readyz says no (0)
  POSTERN_KEY            whose key \`stdio\` and \`call\` use
  POSTERN_URL            a Postern elsewhere that \`stdio\` and \`call\` turn to, like https://postern.example/mcp`;

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** A refusal in its own words; anything else with all that helps to mend it. */
function explained(thrown: unknown): string {
  if (!(thrown instanceof Problem)) return thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  const { message, advice, findings = [] } = thrown.toJSON();
  return [`${message} ${advice}`, ...findings.map(({ pointer, message }) => `  ${pointer}: ${message}`)].join('\n');
}
