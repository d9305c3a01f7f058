import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_domains,
  title: 'List domains',
  description:
    'Lists the domains of the organization, or the custom domains of a workspace, with the TXT record that proves each.',
});
