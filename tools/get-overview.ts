import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.get_overview,
  title: 'Get an overview',
  description:
    'Figures of a workspace, or of all of yours together: resources by kind and visibility, opens and edits over time, requests that you review and how long they waited. They count what you can open.',
});
