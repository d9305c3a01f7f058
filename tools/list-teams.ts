import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_teams,
  title: 'List teams',
  description: 'The teams that you find, with your role in each; of one, who is in it.',
});
