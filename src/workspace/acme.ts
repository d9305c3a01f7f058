import type { OrganizationRole } from '../terms/ladders.ts';
import { type CredentialScope, credentialScopes } from '../terms/scopes.ts';
import type { operations } from './operations.ts';

/** The organization of the demo (section 15), as data. */

const everyday: readonly CredentialScope[] = ['read', 'write', 'share', 'request', 'review'];
// Not `override`: an admin's assistant does not read colleagues' drafts unless someone wants it to (EXT-3).
const allButOverride = credentialScopes.filter((scope) => scope !== 'override');

// biome-ignore format: a table is read down its columns
export const cast = {
  Ada:  { role: 'admin',  is: 'admin of Acme, owner of Growth',          scopes: allButOverride },
  Ben:  { role: 'member', is: 'admin of Growth, in the team Launch',     scopes: everyday },
  Cleo: { role: 'member', is: 'creator in Growth, in the team Launch',   scopes: everyday },
  Dan:  { role: 'member', is: 'viewer in Growth, in the group Marketing', scopes: ['read', 'request'] },
  Eve:  { role: 'guest',  is: 'guest, in the team Launch',               scopes: ['read', 'request'] },
  Finn: { role: 'member', is: 'creator in Finance',                      scopes: everyday },
} as const satisfies Record<string, { role: OrganizationRole; is: string; scopes: readonly CredentialScope[] }>;

export type Actor = keyof typeof cast;

export const places = {
  Growth: { Ada: 'owner', Ben: 'admin', Cleo: 'creator', Dan: 'viewer' },
  // Ada owns it, since a workspace keeps one owner (GRP-5).
  Finance: { Ada: 'owner', Finn: 'creator' },
} as const;

export const circles = [
  { noun: 'group', name: 'Marketing', visibility: 'public', members: { Ben: 'owner', Dan: 'viewer' } },
  { noun: 'team', name: 'Launch', visibility: 'locked', members: { Ben: 'manager', Cleo: 'member', Eve: 'member' } },
] as const;

/** What someone does with a workflow once it is there. */
interface Deed {
  readonly by?: Actor;
  readonly does: keyof typeof operations;
  readonly with: Readonly<Record<string, unknown>>;
}

export interface Story {
  readonly name: string;
  /** In examples/. */
  readonly file: string;
  readonly by: Actor;
  readonly in: keyof typeof places;
  readonly next?: Deed;
}

const shared = (to: string, role: 'viewer' | 'editor'): Deed => ({ does: 'share_resource', with: { with: to, role } });
const everyone = (more: object = {}): Deed => ({ does: 'set_visibility', with: { visibility: 'everyone', ...more } });
const asked: Deed = {
  by: 'Dan',
  does: 'request_access',
  with: { role: 'viewer', message: 'For the newsletter: may I use these?' },
};

/** A workflow at every level, one shared with a group, one that the organization owns, and one that is asked for. */
// biome-ignore format: a table is read down its columns
export const stories: readonly Story[] = [
  { name: 'Brand voice prompts',    file: 'brand-voice-prompts.json',       by: 'Cleo', in: 'Growth',  next: asked },
  { name: 'Onboard a new colleague', file: 'onboard-new-colleague.json',    by: 'Ben',  in: 'Growth' },
  { name: 'Lead intake',            file: 'lead-intake.json',               by: 'Cleo', in: 'Growth',  next: shared('group:Marketing', 'editor') },
  { name: 'Support answers',        file: 'support-answers.json',           by: 'Ben',  in: 'Growth',  next: shared('team:Launch', 'editor') },
  { name: 'Incident triage',        file: 'incident-triage.yaml',           by: 'Cleo', in: 'Growth',  next: shared('person:ben@acme.test', 'viewer') },
  { name: 'Weekly digest',          file: 'weekly-digest.json',             by: 'Ada',  in: 'Growth',  next: everyone() },
  { name: 'Database failover',      file: 'database-failover-runbook.json', by: 'Ben',  in: 'Growth',  next: everyone({ everyone_role: 'viewer' }) },
  { name: 'Order fulfilment',       file: 'order-fulfilment.json',          by: 'Ada',  in: 'Growth',  next: everyone({ organization_owned: true }) },
  { name: 'Quarterly pricing',      file: 'quarterly-pricing-model.json',   by: 'Finn', in: 'Finance' },
  { name: 'Contract renewal',       file: 'contract-renewal.yaml',          by: 'Finn', in: 'Finance' },
  { name: 'Invoice approval',       file: 'invoice-approval.json',          by: 'Finn', in: 'Finance', next: everyone() },
  { name: 'Nightly reconciliation', file: 'nightly-reconciliation.json',    by: 'Finn', in: 'Finance', next: shared('person:cleo@acme.test', 'viewer') },
];
