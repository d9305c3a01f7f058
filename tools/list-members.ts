import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_members,
  title: 'List people',
  description:
    'Lists the people of the organization whom you find: role, status, teams and workspaces; to admins also when each was last here.',
});
