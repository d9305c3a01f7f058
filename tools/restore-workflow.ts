import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.restore_workflow,
  title: 'Restore a workflow',
  description: 'Brings a workflow you deleted back from the bin, as it was; list_workflows with deleted has it.',
});
