import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.delete_workflow,
  title: 'Delete a workflow',
  description:
    'Moves a workflow you own to the bin for 30 days; restore_workflow brings it back, and for_good takes it out of the bin for ever. The first call only previews.',
});
