import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.create_project,
  title: 'Create a project',
  description:
    'A folder in a workspace, open to all in it or restricted to its people. You are in it as editor. For those who run the workspace.',
});
