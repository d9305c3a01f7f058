import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.delete_resource,
  title: 'Delete a resource',
  description:
    'Moves a resource you own to the bin for 30 days; restore_resource brings it back, and for_good takes it out of the bin for ever. The first call only previews.',
});
