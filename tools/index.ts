import type { Catalogue } from '../src/mcp/tool.ts';
import cancelAccessRequest from './cancel-access-request.ts';
import claimDomain from './claim-domain.ts';
import cleanUpAccess from './clean-up-access.ts';
import createGroup from './create-group.ts';
import createProject from './create-project.ts';
import createResource from './create-resource.ts';
import createTeam from './create-team.ts';
import createWorkflow from './create-workflow.ts';
import createWorkspace from './create-workspace.ts';
import decideAccessRequests from './decide-access-requests.ts';
import deleteGroup from './delete-group.ts';
import deleteResource from './delete-resource.ts';
import deleteTeam from './delete-team.ts';
import deleteWorkflow from './delete-workflow.ts';
import deleteWorkspace from './delete-workspace.ts';
import editResource from './edit-resource.ts';
import editWorkflow from './edit-workflow.ts';
import endConnection from './end-connection.ts';
import explainAccess from './explain-access.ts';
import exportActivity from './export-activity.ts';
import exportAudience from './export-audience.ts';
import getAccess from './get-access.ts';
import getGroup from './get-group.ts';
import getMember from './get-member.ts';
import getOrganization from './get-organization.ts';
import getOverview from './get-overview.ts';
import inviteMembers from './invite-members.ts';
import leaveOrganization from './leave-organization.ts';
import listAccessRequests from './list-access-requests.ts';
import listActivity from './list-activity.ts';
import listAudience from './list-audience.ts';
import listConnections from './list-connections.ts';
import listDomains from './list-domains.ts';
import listGroups from './list-groups.ts';
import listInvitations from './list-invitations.ts';
import listMembers from './list-members.ts';
import listNotifications from './list-notifications.ts';
import listProjects from './list-projects.ts';
import listResources from './list-resources.ts';
import listRevisions from './list-revisions.ts';
import listTeams from './list-teams.ts';
import listWorkflows from './list-workflows.ts';
import listWorkspaces from './list-workspaces.ts';
import markNotificationsRead from './mark-notifications-read.ts';
import openResource from './open-resource.ts';
import openWorkflow from './open-workflow.ts';
import removeMember from './remove-member.ts';
import requestAccess from './request-access.ts';
import restoreResource from './restore-resource.ts';
import restoreRevision from './restore-revision.ts';
import restoreWorkflow from './restore-workflow.ts';
import reviewAccess from './review-access.ts';
import searchDirectory from './search-directory.ts';
import setMemberCapabilities from './set-member-capabilities.ts';
import setMemberRole from './set-member-role.ts';
import setMemberStatus from './set-member-status.ts';
import setVisibility from './set-visibility.ts';
import shareResource from './share-resource.ts';
import simulateAccess from './simulate-access.ts';
import transferOwnership from './transfer-ownership.ts';
import unshareResource from './unshare-resource.ts';
import updateGroup from './update-group.ts';
import updateGroupMembers from './update-group-members.ts';
import updateInvitation from './update-invitation.ts';
import updateOrganization from './update-organization.ts';
import updateProject from './update-project.ts';
import updateProjectMembers from './update-project-members.ts';
import updateTeam from './update-team.ts';
import updateTeamMembers from './update-team-members.ts';
import updateWorkspace from './update-workspace.ts';
import verifyDomain from './verify-domain.ts';
import whoami from './whoami.ts';

/** Every tool by its toolset, in the order in which a client lists them: look first, then change. */
export const catalogue = {
  workflows: [
    listWorkflows,
    openWorkflow,
    listRevisions,
    createWorkflow,
    editWorkflow,
    restoreRevision,
    deleteWorkflow,
    restoreWorkflow,
  ],
  sharing: [
    whoami,
    searchDirectory,
    getAccess,
    explainAccess,
    listAccessRequests,
    listNotifications,
    requestAccess,
    shareResource,
    unshareResource,
    setVisibility,
    transferOwnership,
    decideAccessRequests,
    cancelAccessRequest,
    markNotificationsRead,
  ],
  resources: [listResources, openResource, createResource, editResource, deleteResource, restoreResource],
  groups: [listGroups, getGroup, createGroup, updateGroup, updateGroupMembers, deleteGroup],
  people: [
    listMembers,
    getMember,
    listInvitations,
    inviteMembers,
    updateInvitation,
    setMemberRole,
    setMemberCapabilities,
    removeMember,
    listConnections,
    endConnection,
  ],
  spaces: [
    listWorkspaces,
    listProjects,
    listTeams,
    listAudience,
    exportAudience,
    createWorkspace,
    updateWorkspace,
    deleteWorkspace,
    createProject,
    updateProject,
    updateProjectMembers,
    createTeam,
    updateTeam,
    updateTeamMembers,
    deleteTeam,
  ],
  organization: [
    getOrganization,
    listDomains,
    updateOrganization,
    claimDomain,
    verifyDomain,
    setMemberStatus,
    leaveOrganization,
  ],
  governance: [listActivity, exportActivity, getOverview, reviewAccess, simulateAccess, cleanUpAccess],
} as const satisfies Catalogue;

/** The toolsets of a connection that names none. */
export const usualToolsets: readonly (keyof typeof catalogue)[] = ['workflows', 'sharing'];
