import type { NewContact } from '../workspace/operator-contacts.ts';
import { contactsIn } from './audience-file.ts';
import { command } from './command.ts';
import { asOperator } from './operator.ts';

/** How many contacts one transaction takes. */
const stride = 500;

export default command({
  summary: 'Keeps the contacts of a CSV or JSON Lines file in the audience of a workspace.',
  more:
    'The first line of a .csv names its columns: email, and where there are such name, source (the id of what collected it),\n' +
    'collected_at and attributes (JSON); every other column is an attribute. A .jsonl has an object a line, with the same names.\n' +
    'An email that is there already is brought up to date, so a run can be repeated. Lines that are wrong are named, and the\n' +
    'rest goes on; the exit code is 1 then.',
  takes: ['FILE'],
  flags: {
    workspace: { value: 'NAME', required: true, says: 'whose audience' },
    organization: { value: 'NAME', says: 'where several have such a workspace' },
  },
  run({ workspace, organization }, settings, file = '') {
    return asOperator(settings, async (operator) => {
      const sum = { added: 0, updated: 0, broken: 0 };
      const keep = async (batch: readonly NewContact[]) => {
        const { added, updated, broken } = await operator.addContacts({ workspace, organization }, batch);
        sum.added += added;
        sum.updated += updated;
        for (const trouble of broken) tell(trouble);
      };
      const tell = (trouble: string) => {
        sum.broken++;
        process.stderr.write(`${trouble}\n`);
      };
      let batch: NewContact[] = [];
      for await (const it of contactsIn(file)) {
        if (typeof it === 'string') tell(it);
        else batch.push(it);
        if (batch.length < stride) continue;
        await keep(batch);
        batch = [];
      }
      await keep(batch);
      process.stdout.write(`${sum.added} added, ${sum.updated} brought up to date, ${sum.broken} broken.\n`);
      return sum.broken > 0 ? 1 : 0;
    });
  },
});
