import { explainAccess, getAccess } from './access.ts';
import { decideAccessRequests } from './deciding.ts';
import { searchDirectory, whoami } from './directory.ts';
import { editWorkflow, listRevisions, restoreRevision } from './editing.ts';
import type { Operation } from './operation.ts';
import { setVisibility, transferOwnership } from './ownership.ts';
import { cancelAccessRequest, listAccessRequests, requestAccess } from './requests.ts';
import { shareResource, unshareResource } from './sharing.ts';
import { createWorkflow, deleteWorkflow, listWorkflows, openWorkflow, restoreWorkflow } from './workflows.ts';

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
  search_directory: searchDirectory,
  whoami,
} as const satisfies Record<string, Operation>;
