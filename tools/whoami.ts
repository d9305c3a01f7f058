import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.whoami,
  title: 'Who am I',
  description: 'Who you act for, where, and what this key may do.',
});
