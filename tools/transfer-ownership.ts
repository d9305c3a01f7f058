import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.transfer_ownership,
  title: 'Hand over ownership',
  description:
    'Makes someone else in its workspace the owner; you keep nothing unless keep says so. The first call only previews.',
});
