import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.get_member,
  title: 'Get a person',
  description:
    'Shows one person: role, teams, workspaces and by what they are in each, and to admins of a workspace the capabilities there.',
});
