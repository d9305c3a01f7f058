import type { Kind } from '../terms/kinds.ts';
import type { Level, OrganizationRole, Visibility } from '../terms/ladders.ts';

/** A resource as `row_to_json` gives it. */
export interface ResourceRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly project_id: string | null;
  readonly restricted_to: string | null;
  readonly kind: Kind;
  readonly name: string;
  readonly description: string | null;
  readonly owner_id: string | null;
  readonly given_by: string | null;
  readonly visibility: Visibility;
  readonly everyone_role: 'viewer' | 'editor';
  readonly shared_with: readonly string[];
  readonly installed: 'workspace' | 'organization' | null;
  readonly revision: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly deleted_at: string | null;
}

export interface RequestRow {
  readonly id: string;
  readonly requester_id: string;
  readonly resource_id: string;
  readonly kind: Kind;
  readonly workspace_id: string | null;
  readonly level: Exclude<Level, 'owner'>;
  readonly message: string | null;
  readonly status: 'pending' | 'approved' | 'denied' | 'cancelled' | 'expired';
  readonly note: string | null;
  readonly created_at: string;
  readonly decided_at: string | null;
  readonly decided_by: string | null;
}

export interface WorkspaceRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly avatar: string | null;
  readonly take_back: 'sharer' | 'any_editor';
  readonly created_at: string;
  readonly deleted_at: string | null;
}

export interface ProjectRow {
  readonly id: string;
  readonly workspace_id: string;
  readonly name: string;
  readonly description: string | null;
  readonly mode: 'open' | 'restricted';
  readonly created_at: string;
}

export interface GroupRow {
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
  readonly avatar: string | null;
  readonly visibility: 'public' | 'private';
  readonly created_at: string;
}

export interface TeamRow extends Omit<GroupRow, 'visibility'> {
  readonly visibility: 'public' | 'locked';
}

export interface PersonRow {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: OrganizationRole;
  readonly status: 'active' | 'suspended' | 'removed';
  readonly can_invite: boolean;
  readonly last_login_at: string | null;
  readonly created_at: string;
}

export interface InvitationRow {
  readonly id: string;
  readonly email: string;
  readonly role: OrganizationRole;
  readonly places: readonly unknown[];
  readonly invited_by: string;
  readonly status: 'pending' | 'accepted' | 'revoked';
  readonly created_at: string;
  readonly sent_at: string;
  readonly expires_at: string;
}

/** What a decision hands over of things other than resources and requests. */
export interface SpaceRows {
  readonly workspace: WorkspaceRow;
  readonly closed: WorkspaceRow;
  readonly project: ProjectRow;
  readonly group: GroupRow;
  readonly team: TeamRow;
  readonly person: PersonRow;
  readonly invitation: InvitationRow;
}
