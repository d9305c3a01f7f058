import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.set_member_capabilities,
  title: 'Switch capabilities',
  description:
    'Switches what one person may do in a workspace on or off, or resets it to what their role presets. A switch outlives a change of role.',
});
