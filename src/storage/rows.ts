import type { Kind } from '../terms/kinds.ts';
import type { Level, Visibility } from '../terms/ladders.ts';

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
}
