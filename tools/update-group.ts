import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_group,
  title: 'Change a group',
  description: "Changes a group's name, description, avatar or who sees that it exists. For its owners.",
});
