import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.create_group,
  title: 'Create a group',
  description: 'A group to share with. You own it; nobody else is in it yet.',
});
