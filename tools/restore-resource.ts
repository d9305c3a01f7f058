import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.restore_resource,
  title: 'Restore a resource',
  description: 'Brings a resource you deleted back from the bin, as it was; list_resources with deleted has it.',
});
