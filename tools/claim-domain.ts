import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.claim_domain,
  title: 'Claim a domain',
  description:
    'Claims a domain for the organization or a workspace, and answers the TXT record to set. Until verify_domain finds it, nothing is served there.',
});
