import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.get_organization,
  title: 'Get the organization',
  description:
    'Shows name, description and avatar; to admins also how many people and places there are, and the single sign-on.',
});
