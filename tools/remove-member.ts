import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.remove_member,
  title: 'Remove a person',
  description:
    'Takes someone out of the organization, or out of one workspace; what they own goes to the successor. Nothing is deleted. The first call only previews.',
});
