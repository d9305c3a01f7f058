import { explainAccess, getAccess } from './access.ts';
import { exportActivity, listActivity } from './activity.ts';
import { exportAudience, listAudience } from './audience.ts';
import { deleteResource, deleteWorkflow, restoreResource, restoreWorkflow } from './binning.ts';
import { cleanUpAccess } from './cleaning.ts';
import { endConnection, listConnections } from './connections.ts';
import { createResource, createWorkflow } from './creating.ts';
import { decideAccessRequests } from './deciding.ts';
import { searchDirectory, whoami } from './directory.ts';
import { claimDomain, listDomains, verifyDomain } from './domains.ts';
import { editResource, editWorkflow } from './editing.ts';
import { setMemberCapabilities } from './enabling.ts';
import { updateGroupMembers } from './group-members.ts';
import { createGroup, deleteGroup, getGroup, listGroups, updateGroup } from './groups.ts';
import { listInvitations, updateInvitation } from './invitations.ts';
import { inviteMembers } from './inviting.ts';
import { listResources, listWorkflows } from './listing.ts';
import { getMember, listMembers } from './members.ts';
import { listNotifications, markNotificationsRead } from './notifications.ts';
import { openResource, openWorkflow } from './opening.ts';
import type { Operation } from './operation.ts';
import { getOrganization, updateOrganization } from './organization.ts';
import { getOverview } from './overview.ts';
import { setVisibility, transferOwnership } from './ownership.ts';
import { updateProjectMembers } from './project-members.ts';
import { createProject, listProjects, updateProject } from './projects.ts';
import { leaveOrganization, removeMember } from './removing.ts';
import { cancelAccessRequest, listAccessRequests, requestAccess } from './requests.ts';
import { reviewAccess } from './reviewing.ts';
import { listRevisions, restoreRevision } from './revising.ts';
import { setMemberRole } from './roles.ts';
import { shareResource, unshareResource } from './sharing.ts';
import { simulateAccess } from './simulating.ts';
import { setMemberStatus } from './suspending.ts';
import { updateTeamMembers } from './team-members.ts';
import { createTeam, deleteTeam, listTeams, updateTeam } from './teams.ts';
import { createWorkspace, deleteWorkspace, listWorkspaces, updateWorkspace } from './workspace-keeping.ts';

/** Everything that can be done, by name; MCP tools and REST are made from it. */
export const operations = {
  list_workflows: listWorkflows,
  open_workflow: openWorkflow,
  create_workflow: createWorkflow,
  edit_workflow: editWorkflow,
  delete_workflow: deleteWorkflow,
  list_revisions: listRevisions,
  restore_revision: restoreRevision,
  restore_workflow: restoreWorkflow,
  list_resources: listResources,
  open_resource: openResource,
  create_resource: createResource,
  edit_resource: editResource,
  delete_resource: deleteResource,
  restore_resource: restoreResource,
  list_audience: listAudience,
  export_audience: exportAudience,
  get_access: getAccess,
  explain_access: explainAccess,
  share_resource: shareResource,
  unshare_resource: unshareResource,
  set_visibility: setVisibility,
  transfer_ownership: transferOwnership,
  request_access: requestAccess,
  list_access_requests: listAccessRequests,
  decide_access_requests: decideAccessRequests,
  cancel_access_request: cancelAccessRequest,
  list_notifications: listNotifications,
  mark_notifications_read: markNotificationsRead,
  search_directory: searchDirectory,
  whoami,
  list_activity: listActivity,
  export_activity: exportActivity,
  get_overview: getOverview,
  review_access: reviewAccess,
  simulate_access: simulateAccess,
  clean_up_access: cleanUpAccess,
  list_members: listMembers,
  get_member: getMember,
  invite_members: inviteMembers,
  list_invitations: listInvitations,
  update_invitation: updateInvitation,
  set_member_role: setMemberRole,
  set_member_capabilities: setMemberCapabilities,
  remove_member: removeMember,
  list_connections: listConnections,
  end_connection: endConnection,
  get_organization: getOrganization,
  update_organization: updateOrganization,
  list_domains: listDomains,
  claim_domain: claimDomain,
  verify_domain: verifyDomain,
  set_member_status: setMemberStatus,
  leave_organization: leaveOrganization,
  list_groups: listGroups,
  get_group: getGroup,
  create_group: createGroup,
  update_group: updateGroup,
  update_group_members: updateGroupMembers,
  delete_group: deleteGroup,
  list_workspaces: listWorkspaces,
  create_workspace: createWorkspace,
  update_workspace: updateWorkspace,
  delete_workspace: deleteWorkspace,
  list_projects: listProjects,
  create_project: createProject,
  update_project: updateProject,
  update_project_members: updateProjectMembers,
  list_teams: listTeams,
  create_team: createTeam,
  update_team: updateTeam,
  update_team_members: updateTeamMembers,
  delete_team: deleteTeam,
} as const satisfies Record<string, Operation>;
