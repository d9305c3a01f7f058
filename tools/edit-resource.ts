import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.edit_resource,
  title: 'Edit a resource',
  description:
    'Changes what you name and keeps the rest. Open it first and send its revision: if someone changed it since, nothing is lost and you get both. A new address of an integration drops its secret.',
});
