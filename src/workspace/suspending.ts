import * as z from 'zod';
import { endCredentials } from '../storage/departing.ts';
import { storeStatus } from '../storage/guests.ts';
import { placesHeld } from '../storage/leavers.ts';
import { outside } from '../terms/ids.ts';
import { changing } from './operation.ts';
import { personCalled, Who } from './people.ts';

export const setMemberStatus = changing({
  name: 'set_member_status',
  action: 'member.status',
  input: z.strictObject({
    id: Who,
    status: z.enum(['suspended', 'active']).describe('suspended ends their keys at once; nothing else is lost.'),
  }),
  output: z.object({ id: z.string(), email: z.string(), status: z.string() }),
  find: (desk, { id }) => personCalled(desk, id),
  touched: async ({ tx, me }, { subject }) => ({ people: [subject.id], ...(await placesHeld(tx, me, subject.id)) }),
  async run(desk, target, { status }) {
    const { id, email, status: was } = target.subject;
    await storeStatus(desk.tx, target, status);
    if (status === 'suspended') await endCredentials(desk.tx, desk.me, id);
    return {
      outcome: { id, email, status },
      before: { status: was },
      after: { status },
      idle: was === status,
    };
  },
  answer: async (_desk, { id, email, status }) => ({ id: outside('person', id), email, status }),
});
