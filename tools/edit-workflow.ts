import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.edit_workflow,
  title: 'Edit a workflow',
  description:
    'Changes what you name and keeps the rest. Open it first and send its revision: if someone changed it since, nothing is lost and you get both. Prefer patch for small changes.',
});
