import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.delete_group,
  title: 'Delete a group',
  description: 'Deletes a group; whatever is shared with it ends for its people. The first call only previews that.',
});
