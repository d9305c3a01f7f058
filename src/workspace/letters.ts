import * as z from 'zod';
import type { Actor } from '../access/actor.ts';
import type { OrganizationRow } from '../storage/organizations.ts';
import { outside } from '../terms/ids.ts';
import type { Letter, Outdoors } from './outdoors.ts';

/** What became of one invitation. The link is in the first answer alone, and only where no mail is sent. */
export const Sent = z.object({
  email: z.string(),
  id: z.string().optional(),
  status: z.string(),
  expires_at: z.string().optional(),
  mail: z.string().optional(),
  link: z.string().optional(),
  error: z.record(z.string(), z.unknown()).optional(),
});

/** Invitations with their secrets, which are kept nowhere. */
export interface Fresh {
  readonly organization: string;
  readonly sender: string;
  readonly invitations: readonly FreshOne[];
}

interface FreshOne {
  readonly id: string;
  readonly email: string;
  readonly secret: string;
  readonly ends: Date;
}

export const fresh = (
  { name }: Pick<OrganizationRow, 'name'>,
  { name: sender, email }: Pick<Actor, 'name' | 'email'>,
  invitations: readonly FreshOne[],
): Fresh => ({ organization: name, sender: `${sender} (${email})`, invitations });

/** Sends each invitation, or shows its link where no mail is sent; of a mail that no server took, the answer says so. */
export async function sendAll(
  { mail, address }: Outdoors,
  shown: readonly z.input<typeof Sent>[],
  letters: Fresh,
): Promise<z.input<typeof Sent>[]> {
  return Promise.all(
    shown.map(async (it) => {
      const one = letters.invitations.find(({ id }) => outside('invitation', id) === it.id);
      if (!one) return it;
      const link = linkTo(address, one.secret);
      if (!mail) return { ...it, link };
      const sent = await mail(letterOf(letters, one, link)).then(
        () => 'sent',
        () => 'failed: nobody was sent anything; update_invitation with resend tries again',
      );
      return { ...it, mail: sent };
    }),
  );
}

/** Behind the hash, so that no server on the way writes it down. Without an address, what `postern invitation accept` takes. */
const linkTo = (address: string | undefined, secret: string) => (address ? `${address}/join#${secret}` : secret);

const letterOf = ({ organization, sender }: Fresh, { email, ends }: FreshOne, link: string): Letter => ({
  to: email,
  subject: `You are invited to ${organization}`,
  text: [
    `${sender} invites you to ${organization}, on Postern.`,
    '',
    'Follow this link to come in; it is for you alone, and serves once:',
    '',
    link,
    '',
    `It ends on ${ends.toISOString().slice(0, 16).replace('T', ' ')} UTC. If you expected nothing of the kind, there is nothing you need to do.`,
    '',
  ].join('\n'),
});
