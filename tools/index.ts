import type { Catalogue } from '../src/mcp/tool.ts';
import cancelAccessRequest from './cancel-access-request.ts';
import createWorkflow from './create-workflow.ts';
import decideAccessRequests from './decide-access-requests.ts';
import deleteWorkflow from './delete-workflow.ts';
import editWorkflow from './edit-workflow.ts';
import explainAccess from './explain-access.ts';
import getAccess from './get-access.ts';
import listAccessRequests from './list-access-requests.ts';
import listRevisions from './list-revisions.ts';
import listWorkflows from './list-workflows.ts';
import openWorkflow from './open-workflow.ts';
import requestAccess from './request-access.ts';
import restoreRevision from './restore-revision.ts';
import restoreWorkflow from './restore-workflow.ts';
import searchDirectory from './search-directory.ts';
import setVisibility from './set-visibility.ts';
import shareResource from './share-resource.ts';
import transferOwnership from './transfer-ownership.ts';
import unshareResource from './unshare-resource.ts';
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
    requestAccess,
    shareResource,
    unshareResource,
    setVisibility,
    transferOwnership,
    decideAccessRequests,
    cancelAccessRequest,
  ],
} as const satisfies Catalogue;

/** The toolsets of a connection that names none. */
export const usualToolsets: readonly (keyof typeof catalogue)[] = ['workflows', 'sharing'];
