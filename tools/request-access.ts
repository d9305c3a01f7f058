import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.request_access,
  title: 'Ask for access',
  description:
    "Asks whoever decides: for what you can't open, or to edit what you only read. Take the id or link someone gave you; the answer is the same whether or not it exists, and list_access_requests tells what became of it.",
});
