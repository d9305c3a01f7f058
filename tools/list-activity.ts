import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_activity,
  title: 'List activity',
  description:
    'What was done, opened and refused, newest first: who, by which key, on what, before and after. Admins see their workspace or organization, others what they did themselves. An entry on what you can’t open now shows id and action alone.',
});
