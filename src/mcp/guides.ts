import { rowFor } from '../access/policy.ts';
import { ladders, type Visibility } from '../terms/ladders.ts';
import { actionsOf, type Operation } from '../workspace/operation.ts';
import { operations } from '../workspace/operations.ts';

export interface Guide {
  readonly name: string;
  readonly title: string;
  readonly text: string;
}

/** Whom each step of visibility lets in, and when to use it. */
const steps: Record<Visibility, { readonly opens: string; readonly when: string }> = {
  private: {
    opens: 'its owner opens it, nobody else',
    when: 'a draft, or what holds what only you should see',
  },
  shared: {
    opens: 'its owner, and the people, groups and teams that it is shared with',
    when: 'work with some people, each as viewer or editor; others may ask',
  },
  everyone: {
    opens: 'anyone in its workspace (in a restricted project: in the project), as editor unless set to viewer',
    when: 'what the whole workspace builds on; as viewer, where it should be used and left as it is',
  },
};

export const guides: Readonly<Record<string, Guide>> = {
  'postern://guide/roles': { name: 'guide/roles', title: 'What each level may do', text: roles() },
  'postern://guide/visibility': { name: 'guide/visibility', title: 'Who can open a resource', text: visibility() },
};

function roles(): string {
  const levels = ladders.resource.map((level) => `- **${level}**: ${toolsAt(level).join(', ')}`);
  return `# What each level may do

Each level may also do what those before it may.

${levels.join('\n')}

What has a star needs the kind's capability as well: for workflows flows_manager, which a workspace's admins switch.
Your level is the highest that any path gives you: owning it, a grant to you or to a group or team of yours, or everyone.
What a workspace's or organization's admins may do with other people's resources takes the scope override.
`;
}

/** The tools that a level opens, as the policy has it. */
function toolsAt(level: string): string[] {
  return Object.values(operations).flatMap((operation: Operation) => {
    const row = actionsOf(operation)
      .map(rowFor)
      .find(({ to }) => to.resource === level);
    return row ? [`${operation.name}${row.cap ? '\\*' : ''}`] : [];
  });
}

function visibility(): string {
  const lines = Object.entries(steps).map(
    ([level, { opens, when }]) => `- **${level}**: ${opens}. Use it for ${when}.`,
  );
  return `# Who can open a resource

${lines.join('\n')}

A new resource is private. Sharing a private one makes it shared; making it private drops what was shared.
Owned by the organization means: everyone, as editor, with nobody as owner; taking it back makes it private and the taker's.
What you can't open answers as if it did not exist; request_access asks for it by id.
`;
}
