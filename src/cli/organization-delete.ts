import { createInterface } from 'node:readline/promises';
import { officeOperations } from '../workspace/office.ts';
import { asFlags, inTheNameOf } from './acting.ts';
import { command } from './command.ts';

export default command({
  summary: 'Closes an organization at once, after its name was typed; it can be brought back for 30 days.',
  more: 'Whoever made it deletes it, as long as they are an admin of it; else any admin.',
  takes: [],
  flags: asFlags,
  async run({ as, organization }, settings) {
    const gone = await inTheNameOf(
      settings,
      { person: as, organization },
      'postern organization delete',
      async (session) => {
        const name = await typed('Nobody of it will get in any more. Type its name to delete it: ');
        const { confirm } = await session.perform(officeOperations.delete_organization, { name });
        return session.perform(officeOperations.delete_organization, { name }, { confirm: confirm as string });
      },
    );
    process.stdout.write(
      `${gone.name} (${gone.id}) is closed. Until ${gone.until}: postern organization restore ${gone.id}\n`,
    );
    return 0;
  },
});

/** One line of standard input. */
async function typed(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}
