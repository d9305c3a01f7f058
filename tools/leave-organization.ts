import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.leave_organization,
  title: 'Leave the organization',
  description:
    'Takes you out of the organization for good; what you own goes to the successor. The first call only previews.',
});
