import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_invitations,
  title: 'List invitations',
  description: 'Lists the invitations that are pending or have run out: your own, or all of them for admins.',
});
