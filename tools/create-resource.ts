import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.create_resource,
  title: 'Create a resource',
  description:
    'Stores a document as a new resource of a kind, private and yours. An assistant has instructions, a datasource a type, a conversation messages, an integration a provider and an address; findings name what does not fit. An API key goes into secret, never into the document.',
});
