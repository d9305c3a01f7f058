import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.delete_team,
  title: 'Delete a team',
  description:
    'Deletes a team; its places and what is shared with it end for its people. The first call only previews that.',
});
