import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_access_requests,
  title: 'List access requests',
  description: 'Requests waiting for your decision, or those you made and what became of them.',
});
