import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_team,
  title: 'Change a team',
  description: "Changes a team's name, description, avatar or who sees and joins it. For admins of the organization.",
});
