import { officeOperations } from '../workspace/office.ts';
import { asFlags, inTheNameOf } from './acting.ts';
import { command } from './command.ts';

export default command({
  summary: 'Sets what an organization pays for; what is left out stays.',
  takes: [],
  flags: {
    ...asFlags,
    plan: { value: 'NAME', says: 'what it is on' },
    seats: { value: 'N', says: 'for how many people' },
    email: { value: 'EMAIL', says: 'where invoices go' },
    renews: { value: 'DAY', says: 'when it renews, like 2027-01-31' },
  },
  async run({ as, organization, plan, seats, email, renews }, settings) {
    const wish = {
      ...(plan !== undefined && { plan }),
      ...(seats !== undefined && { seats: Number(seats) }),
      ...(email !== undefined && { email }),
      ...(renews !== undefined && { renews_on: renews }),
    };
    const billing = await inTheNameOf(settings, { person: as, organization }, 'postern billing', (session) =>
      session.perform(officeOperations.set_billing, wish),
    );
    process.stdout.write(`${JSON.stringify(billing, null, 2)}\n`);
    return 0;
  },
});
