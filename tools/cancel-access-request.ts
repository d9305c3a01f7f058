import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.cancel_access_request,
  title: 'Cancel an access request',
  description: 'Withdraws a pending request you made; list_access_requests has its id.',
});
