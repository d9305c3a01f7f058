import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.decide_access_requests,
  title: 'Decide access requests',
  description:
    'Approves or denies up to 25 requests from list_access_requests, each with its own outcome. Decide only as the person told you.',
});
