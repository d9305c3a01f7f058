import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_project,
  title: 'Change a project',
  description: "Changes a project's name or description, or opens or restricts it. For those who run its workspace.",
});
