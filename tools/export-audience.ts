import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.export_audience,
  title: 'Export the audience',
  description:
    'The contacts of a workspace as CSV or JSON Lines, a page at a time: put data together in order until there is no next_cursor. In CSV, cells that a spreadsheet would take for formulas begin with an apostrophe. A link, where there is one, answers the whole to the same key.',
});
