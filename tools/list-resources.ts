import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_resources,
  title: 'List resources',
  description:
    'Assistants, datasources, conversations, chat widgets, integrations, brand kits and workflows you can open, as short rows: owner, your access and where it comes from.',
});
