import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.get_access,
  title: 'See who has access',
  description: 'Everyone who can open a resource you own, and by which paths.',
});
