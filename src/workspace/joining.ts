import { type InvitationSeen, joinAccount, seeInvitation, settleAccount } from '../storage/sign-in-links.ts';
import { inside } from '../terms/ids.ts';
import { readInvitation } from '../terms/secret.ts';
import { type Arrived, acceptInvitation } from './accepting.ts';
import { type Doorstep, type From, notTooOften, type SignedIn, type Visit } from './doorstep.ts';
import { hashed } from './passwords.ts';

/** How someone who was invited comes in with a browser (ORG-4, ORG-11). */
export interface Invitations {
  /** Nothing where it has ended, been used or been taken back. */
  see(secret: string): Promise<InvitationSeen | undefined>;
  /** For whoever has no account yet: they choose a password. Nothing where they have one, and must sign in first. */
  settle(it: { secret: string; name: string; password: string }, from: From): Promise<SignedIn | undefined>;
  /** For whoever is signed in by the invited email; throws not_found for anyone else. */
  accept(visit: Visit, secret: string, from: From): Promise<SignedIn | undefined>;
}

export function invitationsOn({ database, attempts, enter }: Doorstep): Invitations {
  const see = async (secret: string) => {
    const read = readInvitation(secret);
    return read && seeInvitation(database, read);
  };
  return {
    see,
    async settle({ secret, name, password }, from) {
      await notTooOften(attempts.knocked(from.address));
      const seen = await see(secret);
      if (seen?.has_account) return undefined;
      const hash = await hashed(password);
      const { organization, person, email } = ids(await acceptInvitation(database, { secret, name }, 'studio'));
      const account = await settleAccount(database, { email, password: hash, organization, person });
      return account === null ? undefined : enter(account, { provenBy: 'password' }, from, organization);
    },
    async accept(visit, secret, from) {
      const { name, email } = visit;
      const { organization, person } = ids(await acceptInvitation(database, { secret, name, email }, 'studio'));
      await joinAccount(database, visit.account, organization, person);
      return enter(visit.account, visit, from, organization);
    },
  };
}

const ids = ({ organization, person, email }: Arrived) => ({
  organization: inside('organization', organization) ?? '',
  person: inside('person', person) ?? '',
  email,
});
