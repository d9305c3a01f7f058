import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.explain_access,
  title: 'Explain access',
  description:
    "Why you can, or can't, open, change or share what you see: every path to it with its rule. Of what you own, ask about others too.",
});
