import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_revisions,
  title: 'List revisions',
  description:
    'The revisions of a resource, newest first, with who made each; or what changed between two. open_workflow shows one.',
});
