import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.restore_revision,
  title: 'Restore a revision',
  description: 'Makes an earlier revision the newest again; those in between stay. Numbers come from list_revisions.',
});
