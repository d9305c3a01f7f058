import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.create_team,
  title: 'Create a team',
  description: 'A team of the organization, with nobody in it yet. For admins of the organization.',
});
