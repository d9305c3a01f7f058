import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { dropSecret, keepSecret, secretFact, storeInstalled } from '../storage/integrations.ts';
import type { Finding } from '../terms/problem.ts';
import { Problem } from '../terms/problem.ts';
import type { Desk } from './operation.ts';
import { sealSecret } from './secrets.ts';
import { namedBy } from './shapes.ts';

/** What only integrations take beside name and document. */
export interface Extras {
  readonly secret?: string | null | undefined;
  readonly install?: 'workspace' | 'organization' | null | undefined;
}

const longestSecret = 10_000;

export const extras = {
  secret: z
    .string()
    .min(1, 'It is empty.')
    .max(longestSecret, `It has ${longestSecret} characters at most.`)
    .refine((it) => it.isWellFormed(), 'It is no well-formed text.')
    .nullable()
    .optional()
    .describe('Of an integration: an API key or token. It is kept encrypted and shown to nobody; null takes it out.'),
  install: z
    .enum(['workspace', 'organization'])
    .nullable()
    .optional()
    .describe('Of an integration: installed for whom, which takes an admin of that; who opens it, visibility says.'),
};

/** Refuses one of these where the call speaks of another kind. */
export const ofIntegrations = (what: keyof Extras) =>
  [
    (given: Record<string, unknown>) =>
      given[what] === undefined || (given.kind ?? namedBy(String(given.id)).kind) === 'integration',
    { path: [what], message: 'It goes with an integration only.' },
  ] satisfies [unknown, unknown];

/** Told beside the answer to a change of address. */
export const dropped: Finding = {
  pointer: '/address',
  message: 'The address changed, so the secret that was kept for the old one is gone: send it again as secret.',
};

type Into = Decided<'resource.create' | 'integration.install' | 'resource.edit'>;

/** Keeps secret and installation; answers what the log says of it. */
export async function keepExtras(
  desk: Desk,
  into: Into,
  it: { readonly id: string; readonly workspace_id: string },
  { secret, install }: Extras,
): Promise<Record<string, unknown>> {
  if (install !== undefined) await storeInstalled(desk.tx, await installing(desk, into, it, install), it.id, install);
  if (typeof secret === 'string') {
    const whose = { organization: desk.me.organization, resource: it.id };
    await keepSecret(desk.tx, into, it, sealSecret(keysAt(desk), secret, whose));
  }
  const isGone = secret === null && (await dropSecret(desk.tx, into, it.id));
  return {
    ...(typeof secret === 'string' && { secret: 'set' }),
    ...(isGone && { secret: 'dropped' }),
    ...(install !== undefined && { installed: install }),
  };
}

/** Apps of the workspace are its admins' to install (WS-4), those of the organization its admins' (ORG-2). */
async function installing(
  desk: Desk,
  into: Into,
  { workspace_id }: { readonly workspace_id: string },
  install: Extras['install'],
): Promise<Into | Decided<'integration.provide'>> {
  if (install === null || into.action === 'integration.install') return into;
  const by =
    install === 'organization'
      ? await desk.may('integration.provide', { noun: 'organization' })
      : await desk.may('integration.install', { noun: 'workspace', id: workspace_id, kind: 'integration' });
  if (by instanceof Problem) throw by;
  return by;
}

function keysAt({ keys }: Desk): readonly [Buffer, ...Buffer[]] {
  const [newest, ...others] = keys();
  if (newest) return [newest, ...others];
  throw new Problem('invalid_argument', '/secret: This Postern has no key to keep a secret under.', {
    pointer: '/secret',
    advice: 'Leave it out, or ask the operator to set POSTERN_SECRET_KEY.',
  });
}

/** A secret goes with the address that it was meant for (WS-4). */
export async function dropWithAddress(
  { tx }: Desk,
  target: Decided<'resource.edit' | 'resource.revert'>,
  was: { readonly address?: unknown },
  is: { readonly address?: unknown },
): Promise<boolean> {
  return (
    target.subject.kind === 'integration' && was.address !== is.address && dropSecret(tx, target, target.subject.id)
  );
}

/** Of an integration as it is opened: that it has a secret, since when and by whom, and whom it is installed for. */
export async function factsOfIntegration({ tx }: Desk, target: Decided<'resource.open'>) {
  const secret = await secretFact(tx, target);
  const { installed } = target.subject;
  return {
    ...(secret && {
      secret: { set_at: new Date(secret.set_at).toISOString(), ...(secret.by && { by: secret.by }) },
    }),
    ...(installed && { installed }),
  };
}
