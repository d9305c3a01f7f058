import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_invitation,
  title: 'Resend or revoke an invitation',
  description: 'Sends an invitation again with a new secret and a new end, or takes it back.',
});
