import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_workspaces,
  title: 'List workspaces',
  description: 'The workspaces that you are in, with your role; with override, an admin of the organization sees all.',
});
