import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.set_member_status,
  title: 'Suspend or restore a person',
  description:
    'Suspends someone: their keys end at once, and stay ended. Nothing else is lost, and restoring lets them in again. The first call only previews.',
});
