import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_organization,
  title: 'Change the organization',
  description: 'Changes its name, description or avatar. For admins.',
});
