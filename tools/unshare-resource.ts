import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.unshare_resource,
  title: 'Stop sharing',
  description:
    'Takes a grant back, or drops your own. A group that you may not know: with as get_access shows it. The answer names other paths that still lead there.',
});
