import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.search_directory,
  title: 'Search the directory',
  description: 'Finds people, groups and teams by part of a name or email, to share with or hand over to.',
});
