import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.export_activity,
  title: 'Export activity',
  description:
    'The same entries and filters as list_activity, as CSV or JSON Lines: a page of text and a cursor. Put the pages one after another; the first begins with the names of the columns. A link, where there is one, answers the whole to the same key.',
});
