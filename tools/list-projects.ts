import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_projects,
  title: 'List projects',
  description: 'The projects that you may know of; of one, who is in it.',
});
