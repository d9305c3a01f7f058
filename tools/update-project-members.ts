import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_project_members,
  title: 'Change who is in a project',
  description:
    'Puts people and teams into a project, changes their role, or takes them out. The first call only previews who gains and who loses what.',
});
