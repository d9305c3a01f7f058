import type { Capability, Kind } from '../../src/terms/kinds.ts';
import type { OrganizationRole, Visibility, WorkspaceRole } from '../../src/terms/ladders.ts';

type Lent = 'viewer' | 'editor';

interface ToldPerson {
  readonly role?: OrganizationRole;
  readonly status?: 'active' | 'suspended' | 'removed';
  readonly email?: string;
}

export interface ToldResource {
  readonly in: string;
  readonly kind?: Kind;
  /** A person; null where the organization owns it; the first admin where left out. */
  readonly owner?: string | null;
  readonly givenBy?: string;
  readonly visibility?: Visibility;
  /** What everyone is, where it is everyone's. */
  readonly everyone?: Lent;
  readonly project?: string;
  /** A person, group or team → a level, and an end if there is one. */
  readonly grants?: Readonly<Record<string, Lent | { readonly level: Lent; readonly until: Date }>>;
  readonly document?: unknown;
  readonly binned?: boolean;
}

/** An organization in ten words. Whatever has a name in it is spoken of by that name; no two things share one. */
export interface Told {
  readonly people: Readonly<Record<string, OrganizationRole | ToldPerson>>;
  /** Workspace → a person or team → the role. */
  readonly workspaces?: Readonly<Record<string, Readonly<Record<string, WorkspaceRole>>>>;
  /** Viewers of it, or each person's role in it. */
  readonly groups?: Readonly<
    Record<string, readonly string[] | Readonly<Record<string, 'owner' | 'editor' | 'viewer'>>>
  >;
  readonly teams?: Readonly<Record<string, readonly string[] | Readonly<Record<string, 'manager' | 'member'>>>>;
  /** Groups that are private and teams that are locked; the others are public. */
  readonly closed?: readonly string[];
  /** Restricted to its people and teams where it names any, else open. */
  readonly projects?: Readonly<
    Record<string, { readonly in: string; readonly people?: Readonly<Record<string, Lent>> }>
  >;
  readonly workflows?: Readonly<Record<string, ToldResource>>;
  /** Resources of other kinds. */
  readonly resources?: Readonly<Record<string, ToldResource & { readonly kind: Kind }>>;
  /** Workspace → person → capabilities switched on or off. */
  readonly switches?: Readonly<Record<string, Readonly<Record<string, Partial<Record<Capability, boolean>>>>>>;
  /** Workspaces where any editor takes back (OWN-2). */
  readonly anyEditorTakesBack?: readonly string[];
  readonly deletedWorkspaces?: readonly string[];
  /** Pending invitations by name. */
  readonly invitations?: Readonly<Record<string, { readonly by: string; readonly email: string }>>;
  /** Domains that the organization claims, each with the proof that its record has to hold. */
  readonly domains?: Readonly<Record<string, { readonly by: string; readonly proof: string }>>;
  /** Keys by name, that nobody holds the secret of. */
  readonly keys?: Readonly<Record<string, { readonly of: string }>>;
  /** Pending requests by name. */
  readonly requests?: Readonly<
    Record<string, { readonly by: string; readonly for: string; readonly level?: Lent; readonly message?: string }>
  >;
}
