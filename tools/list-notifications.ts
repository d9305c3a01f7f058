import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_notifications,
  title: 'List notifications',
  description:
    'What you were told, newest first: requests to decide, what became of yours, what you lost. With wait it answers once there is something.',
});
