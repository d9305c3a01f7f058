import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.set_visibility,
  title: 'Set visibility',
  description:
    "Makes a resource private, shared or everyone's; gives it to the organization or takes it back. The first call only previews who gains and who loses.",
});
