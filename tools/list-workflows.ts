import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_workflows,
  title: 'List workflows',
  description: 'Workflows you can open, as short rows: owner, your access and where it comes from. Take ids from here.',
});
