import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_connections,
  title: 'List your connections',
  description: 'What speaks for you here: API keys, connected clients and browser sessions, with what each may do.',
});
