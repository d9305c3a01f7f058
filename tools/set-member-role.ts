import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.set_member_role,
  title: 'Set a role',
  description:
    'Makes someone guest, member or admin of the organization, lets a member invite, or gives a person or team a role in a workspace. The first call only previews.',
});
