import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.get_group,
  title: 'Open a group',
  description: 'One group and, for those in it, who is in it and as what.',
});
