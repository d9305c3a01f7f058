import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.share_resource,
  title: 'Share a resource',
  description:
    'Lets a person, group or team view or edit what you own; if it was private, it becomes shared. Never lowers: to lower, unshare first. search_directory finds names.',
});
