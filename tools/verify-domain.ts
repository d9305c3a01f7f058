import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.verify_domain,
  title: 'Verify a domain',
  description: 'Looks for the TXT record of a claimed domain: with it the domain is proven, without it no longer.',
});
