import { tool } from '../src/mcp/tool.ts';
import { operations } from '../src/workspace/operations.ts';

export default tool({
  operation: operations.invite_members,
  title: 'Invite people',
  description:
    'Invites up to 25 emails, with a role and places that you could give yourself. Answers what became of each; inviting an admin or an owner previews first.',
});
