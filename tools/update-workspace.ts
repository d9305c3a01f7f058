import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.update_workspace,
  title: 'Change a workspace',
  description:
    "Changes a workspace's name, description, avatar or who may take back what was given to the organization; or brings a deleted one back.",
});
