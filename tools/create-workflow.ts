import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.create_workflow,
  title: 'Create a workflow',
  description:
    'Stores a document (n8n export, Serverless Workflow, or any JSON object) as a new workflow, private and yours. It is kept as it comes; warnings name what its format would pass over.',
});
