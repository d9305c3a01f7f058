import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.open_workflow,
  title: 'Open a workflow',
  description:
    'One workflow: an outline of its document, and the revision that edit_workflow wants. Ask for the document, or parts of it, only where the outline is not enough; omitted names what did not fit.',
});
