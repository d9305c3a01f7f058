import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.mark_notifications_read,
  title: 'Mark notifications read',
  description: 'Marks notifications as read, for all clients of the same person.',
});
