import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_groups,
  title: 'List groups',
  description: 'The groups that you find, with your role in each.',
});
