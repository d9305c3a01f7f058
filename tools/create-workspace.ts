import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.create_workspace,
  title: 'Create a workspace',
  description: 'A new workspace that you own. For admins of the organization.',
});
