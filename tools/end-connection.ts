import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.end_connection,
  title: 'End a connection',
  description:
    'Ends one of your own keys, clients or sessions at once and for good; ending the one that you call with is your last call.',
});
