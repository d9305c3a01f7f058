import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.review_access,
  title: 'Review access',
  description:
    'Brings up what to look at in what you own: grants unused for days, grants to people outside the workspace, owners that are gone, what is open to everyone. Each comes with an item for clean_up_access.',
});
