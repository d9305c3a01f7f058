import type { OrganizationRole } from '../terms/ladders.ts';
import type { CredentialScope, Surface } from '../terms/scopes.ts';

/** Whoever calls: a person, through one credential of theirs. Read anew in every transaction, never kept. */
export interface Actor {
  readonly organization: string;
  readonly credential: string;
  readonly credentialName: string;
  readonly person: string;
  readonly email: string;
  readonly name: string;
  readonly role: OrganizationRole;
  /** The permission to invite that an admin gave them (ORG-3). */
  readonly canInvite: boolean;
  readonly scopes: readonly CredentialScope[];
  /** The workspaces that the credential is cut to; null where it is not. */
  readonly workspaces: readonly string[] | null;
  readonly expiresAt: string | null;
  /** When the token that they came with is over, in seconds of the epoch; nothing where they came with the credential itself. */
  readonly until: number | undefined;
  readonly surface: Surface;
}
