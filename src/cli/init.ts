import * as z from 'zod';
import { Problem } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';

export default command({
  summary: 'Makes an organization, its first admin, and a workspace that they own.',
  takes: [],
  flags: {
    organization: { value: 'NAME', required: true, says: 'its name' },
    admin: { value: 'EMAIL', required: true, says: 'the email of its first admin' },
    workspace: { value: 'NAME', says: 'the name of its first workspace (General)' },
  },
  async run({ organization, admin, workspace = 'General' }, settings) {
    const first = {
      organization: nameFrom('organization', organization),
      admin: emailFrom(admin),
      workspace: nameFrom('workspace', workspace),
    };
    const made = await asOperator(settings, (operator) => operator.init(first));
    process.stdout.write(
      `${first.organization} (${made.organization}) is there: ${first.admin} is its admin and owns the workspace ${first.workspace} (${made.workspace}).\n` +
        `A key for them: postern key create --person ${first.admin} --name NAME --scopes read,write,share,request,review\n`,
    );
    return 0;
  },
});

function emailFrom(text: string): string {
  const read = z.email().max(320).safeParse(text.trim());
  if (read.success) return read.data;
  throw new Problem('invalid_argument', `${JSON.stringify(text)} is no email address.`, {
    advice: 'Write it like ada@acme.test.',
  });
}

function nameFrom(what: string, text: string): string {
  const name = cleanLine(text);
  if (name.length > 0 && name.length <= 120) return name;
  throw new Problem('invalid_argument', `The name of the ${what} has 1 to 120 characters.`, {
    advice: 'Choose another.',
  });
}
