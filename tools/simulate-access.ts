import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.simulate_access,
  title: 'Simulate a change of access',
  description:
    'Tells who would gain and who would lose access by a change that you may make, and changes nothing. Give the tool that would make it and its arguments.',
});
