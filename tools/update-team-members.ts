import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_team_members,
  title: 'Change who is in a team',
  description:
    'Puts people into a team, changes their role, or takes them out; yourself, to join a public team or to leave. The first call only previews who gains and who loses what.',
});
