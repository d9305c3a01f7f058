import { homedir } from 'node:os';
import { join } from 'node:path';
import * as z from 'zod';
import type { Operator } from '../http/connection.ts';
import type { Connection } from '../storage/migrate.ts';
import type { Provider } from '../studio/provider.ts';
import { Problem } from '../terms/problem.ts';
import { connectionFrom } from './database-url.ts';
import { oauthFrom, oauthSettings } from './oauth-settings.ts';
import { type Serving, servingFrom, servingSettings } from './serving-settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says, checked. */
export interface Settings extends Serving {
  /** Of the tables' owner; without it, the embedded PostgreSQL. */
  readonly database: Connection | undefined;
  readonly home: string;
  readonly host: string | undefined;
  readonly port: number | undefined;
  readonly allowedHosts: readonly string[];
  readonly key: string | undefined;
  /** How every connection is narrowed here, whatever it asks for (section 14). */
  readonly operator: Operator;
  readonly url: URL | undefined;
  /** Where mail goes out, and as whose; without it, no mail is sent. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  /** Where people reach this Postern with a browser, without a slash at its end. */
  readonly publicUrl: string | undefined;
  /** Where else people prove who they are, if anywhere. */
  readonly provider: Provider | undefined;
  /** Who may ask for access tokens, and who issues them. */
  readonly oauth: ReturnType<typeof oauthFrom>;
  /** What secrets of integrations are kept under, newest first; without it, a file in the data folder. */
  readonly secretKeys: readonly Buffer[] | undefined;
  /** Where Prometheus reads; without it nothing is counted. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
  /** Whether calls are traced, and which share of those that no caller traces; where to, OpenTelemetry reads itself. */
  readonly traces: { readonly share: number } | undefined;
}

/** Of TCP; 0 is any that is free. */
export const Port = z.coerce
  .number('It is a number.')
  .int('It is a whole number.')
  .min(0, 'It is 0 at least.')
  .max(65_535, 'It is 65535 at most.');

/** Keys of 32 bytes, newest first. */
const SecretKeys = z
  .string()
  .transform((text) => text.split(',').map((key) => Buffer.from(key.trim(), 'base64')))
  .refine((keys) => keys.every(({ length }) => length === 32), 'It is 32 bytes as base64; of several, with commas.');

const known = z.strictObject({
  POSTERN_HOME: z.string().optional(),
  POSTERN_HOST: z.string().optional(),
  POSTERN_PORT: Port.optional(),
  POSTERN_ALLOWED_HOSTS: z.string().optional(),
  POSTERN_TOOLSETS: z.string().optional(),
  POSTERN_READ_ONLY: z.enum(['true', 'false'], 'It is true or false.').optional(),
  POSTERN_WORKSPACE: z.string().optional(),
  POSTERN_METRICS_PORT: Port.optional(),
  POSTERN_METRICS_HOST: z.string().optional(),
  POSTERN_KEY: z.string().optional(),
  POSTERN_SECRET_KEY: SecretKeys.optional(),
  POSTERN_SMTP_URL: z
    .url({ protocol: /^smtps?$/, error: 'It is an address like smtp://user:password@mail.example:587.' })
    .optional(),
  POSTERN_MAIL_FROM: z.string().optional(),
  POSTERN_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'It is an address like https://postern.example.' })
    .optional(),
  POSTERN_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'It is an address like https://login.example.' })
    .optional(),
  POSTERN_OIDC_CLIENT_ID: z.string().optional(),
  POSTERN_OIDC_CLIENT_SECRET: z.string().optional(),
  POSTERN_OIDC_NAME: z.string().optional(),
  POSTERN_OIDC_DOMAINS: z.string().optional(),
  ...oauthSettings,
  ...servingSettings,
  POSTERN_URL: z.url({ protocol: /^https?$/, error: 'It is an address like https://postern.example/mcp.' }).optional(),
});

/**
 * Reads the environment; what is unknown or contradicts something else is named and refused. An empty variable is one not set.
 *
 * Data lies in the person's own folder for data, not in the checkout: desktop clients start Postern from anywhere, a
 * checkout is thrown away, and `npm start`, mcp.json and `postern call` have to meet the same data.
 */
export function readSettings(environment: Environment): Settings {
  const set = Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name.startsWith('POSTERN_') && value),
  );
  const read = known.safeParse(set);
  if (!read.success) throw refused(read.error);
  const { POSTERN_HOME: home, POSTERN_HOST: host, POSTERN_PORT: port, POSTERN_KEY: key, POSTERN_URL: url } = read.data;
  const database = environment.DATABASE_URL || undefined;
  contradicts({ DATABASE_URL: database, POSTERN_HOME: home }, 'both say where the data is');
  contradicts(
    { POSTERN_URL: url, DATABASE_URL: database },
    'the first speaks of a Postern elsewhere, the second of one here',
  );
  contradicts(
    { POSTERN_URL: url, POSTERN_HOME: home },
    'the first speaks of a Postern elsewhere, the second of one here',
  );
  for (const name of ['POSTERN_TOOLSETS', 'POSTERN_READ_ONLY', 'POSTERN_WORKSPACE'] as const)
    contradicts(
      { POSTERN_URL: url, [name]: read.data[name] },
      'the address of a Postern elsewhere says itself how it is narrowed, as in ?toolsets=groups',
    );
  return {
    database: database === undefined ? undefined : connectionFrom(database),
    home: home ?? join(environment.XDG_DATA_HOME || join(homedir(), '.local/share'), 'postern'),
    host,
    port,
    allowedHosts: named(read.data.POSTERN_ALLOWED_HOSTS),
    key,
    operator: operatorFrom(read.data),
    url: url === undefined ? undefined : new URL(url),
    mail: mailFrom(read.data),
    publicUrl: read.data.POSTERN_PUBLIC_URL?.replace(/\/+$/, ''),
    provider: providerFrom(read.data),
    oauth: oauthFrom(read.data),
    ...servingFrom(read.data),
    secretKeys: read.data.POSTERN_SECRET_KEY,
    metrics: metricsFrom(read.data),
    traces: tracesFrom(environment),
  };
}

const named = (list = '') => list.split(',').flatMap((name) => name.trim() || []);

const operatorFrom = ({
  POSTERN_TOOLSETS: toolsets,
  POSTERN_READ_ONLY: readOnly,
  POSTERN_WORKSPACE: workspace,
}: z.output<typeof known>): Operator => ({
  ...(toolsets !== undefined && { toolsets: named(toolsets) }),
  ...(readOnly === 'true' && { readOnly: true }),
  ...(workspace !== undefined && { workspace }),
});

/** An identity provider takes an address, and a client that it knows. */
function providerFrom({
  POSTERN_OIDC_ISSUER: issuer,
  POSTERN_OIDC_CLIENT_ID: clientId,
  POSTERN_OIDC_CLIENT_SECRET: clientSecret,
  POSTERN_OIDC_NAME: name,
  POSTERN_OIDC_DOMAINS: domains,
}: z.output<typeof known>): Provider | undefined {
  if (issuer !== undefined && clientId !== undefined && clientSecret !== undefined)
    return { issuer, clientId, clientSecret, name: name ?? 'your company', domains: named(domains?.toLowerCase()) };
  const needed = {
    POSTERN_OIDC_ISSUER: issuer,
    POSTERN_OIDC_CLIENT_ID: clientId,
    POSTERN_OIDC_CLIENT_SECRET: clientSecret,
  };
  if ([...Object.values(needed), name, domains].every((it) => it === undefined)) return undefined;
  const unset = Object.entries(needed).flatMap(([it, value]) => (value === undefined ? [it] : []));
  throw new Problem('invalid_argument', `An identity provider is named in part, without ${unset.join(', ')}.`, {
    advice: 'Set all of issuer, client id and client secret, or none.',
  });
}

function metricsFrom({
  POSTERN_METRICS_PORT: port,
  POSTERN_METRICS_HOST: host,
}: z.output<typeof known>): Settings['metrics'] {
  return port === undefined ? undefined : { host: host ?? '127.0.0.1', port };
}

/** A trace has to have somewhere to go. */
function tracesFrom(environment: Environment): Settings['traces'] {
  const { OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, OTEL_TRACES_SAMPLER_ARG } = environment;
  if (!OTEL_EXPORTER_OTLP_ENDPOINT && !OTEL_EXPORTER_OTLP_TRACES_ENDPOINT) return undefined;
  const share = z.coerce
    .number()
    .min(0)
    .max(1)
    .safeParse(OTEL_TRACES_SAMPLER_ARG || '1');
  if (share.success) return { share: share.data };
  throw new Problem('invalid_argument', 'OTEL_TRACES_SAMPLER_ARG is not right: It is a share from 0 to 1.', {
    advice: 'Correct it, or unset it to trace everything.',
  });
}

/** A server to send by and an address to send as go together. */
function mailFrom({ POSTERN_SMTP_URL: url, POSTERN_MAIL_FROM: from }: z.output<typeof known>): Settings['mail'] {
  if (url !== undefined && from !== undefined) return { url, from };
  const [set, unset] =
    url === undefined ? ['POSTERN_MAIL_FROM', 'POSTERN_SMTP_URL'] : ['POSTERN_SMTP_URL', 'POSTERN_MAIL_FROM'];
  if (url === undefined && from === undefined) return undefined;
  throw new Problem('invalid_argument', `${set} is set and ${unset} is not: mail takes both.`, {
    advice: `Set ${unset}, or unset ${set}.`,
  });
}

/** The key of whoever calls; it is never shown, not even where it is wrong. */
export function keyFrom({ key }: Settings): string {
  const advice = 'Set it to a key; `postern key create --person EMAIL --name NAME` makes one.';
  if (key === undefined)
    throw new Problem('unauthenticated', 'POSTERN_KEY is not set, so it is not clear whom to act for.', { advice });
  if (key.includes('${'))
    throw new Problem('unauthenticated', 'POSTERN_KEY holds a placeholder that nobody filled in.', { advice });
  return key;
}

/** For commands that work on the database here. */
export function notElsewhere({ url }: Settings): void {
  if (url)
    throw new Problem(
      'invalid_argument',
      'POSTERN_URL speaks of a Postern elsewhere, and this command works on the one here.',
      { advice: 'Unset it.' },
    );
}

function contradicts(pair: Record<string, string | undefined>, why: string): void {
  if (Object.values(pair).some((value) => value === undefined)) return;
  throw new Problem('invalid_argument', `${Object.keys(pair).join(' and ')} contradict each other: ${why}.`, {
    advice: 'Unset one of them.',
  });
}

function refused({ issues }: z.ZodError): Problem {
  const message = issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `There is no setting ${issue.keys.join(', ')}.`
      : `${issue.path.join('.')} is not right: ${issue.message}`,
  );
  return new Problem('invalid_argument', message.join(' '), { advice: '`postern --help` lists the settings.' });
}
