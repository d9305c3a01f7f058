import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.list_audience,
  title: 'List the audience',
  description:
    'The contacts collected in a workspace: email, name, attributes and where they came from; query finds part of an email or name. It takes the capability audience_viewer there.',
});
