import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.clean_up_access,
  title: 'Clean up access',
  description:
    'Carries out up to 25 clean-ups that review_access brought up, each with its own outcome. The first call previews them all; the second confirms.',
});
