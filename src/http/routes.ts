import type { operations } from '../workspace/operations.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** Where REST is. */
export const root = '/api/v1';

/**
 * Where REST has each operation, below /api/v1: all that REST says of one by itself. A name in braces is an argument; the
 * others go into the query of GET and DELETE, else into the body.
 */
export const routes = {
  whoami: 'GET /me',
  search_directory: 'GET /directory',

  list_workflows: 'GET /workflows',
  create_workflow: 'POST /workflows',
  open_workflow: 'GET /workflows/{id}',
  edit_workflow: 'PATCH /workflows/{id}',
  delete_workflow: 'DELETE /workflows/{id}',
  restore_workflow: 'POST /workflows/{id}/restore',
  list_revisions: 'GET /workflows/{id}/revisions',
  restore_revision: 'POST /workflows/{id}/revisions/{restore}/restore',

  list_resources: 'GET /resources',
  create_resource: 'POST /resources',
  open_resource: 'GET /resources/{id}',
  edit_resource: 'PATCH /resources/{id}',
  delete_resource: 'DELETE /resources/{id}',
  restore_resource: 'POST /resources/{id}/restore',

  list_activity: 'GET /activity',
  export_activity: 'GET /activity/export',

  list_audience: 'GET /audience',
  export_audience: 'GET /audience/export',

  get_access: 'GET /resources/{id}/access',
  explain_access: 'GET /resources/{id}/access/explanation',
  share_resource: 'POST /resources/{id}/grants',
  unshare_resource: 'DELETE /resources/{id}/grants',
  set_visibility: 'PUT /resources/{id}/visibility',
  transfer_ownership: 'PUT /resources/{id}/owner',

  list_access_requests: 'GET /access-requests',
  request_access: 'POST /access-requests',
  decide_access_requests: 'POST /access-requests/decisions',
  cancel_access_request: 'POST /access-requests/{id}/cancel',

  list_notifications: 'GET /notifications',
  mark_notifications_read: 'POST /notifications/read',

  list_groups: 'GET /groups',
  create_group: 'POST /groups',
  get_group: 'GET /groups/{id}',
  update_group: 'PATCH /groups/{id}',
  delete_group: 'DELETE /groups/{id}',
  update_group_members: 'PATCH /groups/{id}/members',

  list_members: 'GET /members',
  get_member: 'GET /members/{id}',
  set_member_role: 'PUT /members/{id}/role',
  set_member_status: 'PUT /members/{id}/status',
  set_member_capabilities: 'PATCH /members/{id}/capabilities',
  remove_member: 'DELETE /members/{id}',
  list_connections: 'GET /connections',
  end_connection: 'DELETE /connections/{id}',
  list_invitations: 'GET /invitations',
  invite_members: 'POST /invitations',
  update_invitation: 'PATCH /invitations/{id}',

  list_workspaces: 'GET /workspaces',
  create_workspace: 'POST /workspaces',
  update_workspace: 'PATCH /workspaces/{id}',
  delete_workspace: 'DELETE /workspaces/{id}',
  list_projects: 'GET /projects',
  create_project: 'POST /projects',
  update_project: 'PATCH /projects/{id}',
  update_project_members: 'PATCH /projects/{id}/members',
  list_teams: 'GET /teams',
  create_team: 'POST /teams',
  update_team: 'PATCH /teams/{id}',
  update_team_members: 'PATCH /teams/{id}/members',
  delete_team: 'DELETE /teams/{id}',

  get_organization: 'GET /organization',
  update_organization: 'PATCH /organization',
  leave_organization: 'POST /organization/leave',
  list_domains: 'GET /domains',
  claim_domain: 'POST /domains',
  verify_domain: 'POST /domains/{domain}/verify',

  get_overview: 'GET /overview',
  review_access: 'GET /access-review',
  clean_up_access: 'POST /access-review/clean-up',
  simulate_access: 'POST /access-simulations',
} as const satisfies Record<keyof typeof operations, `${Method} /${string}`>;
