import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.delete_workspace,
  title: 'Delete a workspace',
  description:
    'Closes a workspace at once, with all that lies in it; for 30 days it can be brought back. The first call only previews who loses what.',
});
