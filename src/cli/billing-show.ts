import { officeOperations } from '../workspace/office.ts';
import { asFlags, inTheNameOf } from './acting.ts';
import { command } from './command.ts';

export default command({
  summary: 'Shows what an organization pays for, as JSON; to its admins only.',
  takes: [],
  flags: asFlags,
  async run({ as, organization }, settings) {
    const billing = await inTheNameOf(settings, { person: as, organization }, 'postern billing', (session) =>
      session.perform(officeOperations.get_billing, {}),
    );
    process.stdout.write(`${JSON.stringify(billing, null, 2)}\n`);
    return 0;
  },
});
