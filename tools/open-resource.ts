import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.open_resource,
  title: 'Open a resource',
  description:
    'One resource of any kind: an outline of its document, and the revision that edit_resource wants. Ask for the document, or parts of it, only where the outline is not enough. Of an integration it says whether it has a secret, never which.',
});
