import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_group_members,
  title: 'Change who is in a group',
  description:
    'Puts people into a group, changes their role, or takes them out; yourself, to leave. Editors manage viewers, owners everyone. The first call only previews what they would reach or lose.',
});
