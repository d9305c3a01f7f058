import { noteAccount } from '../storage/accounts.ts';
import { fromNow } from '../storage/clock.ts';
import type { Database } from '../storage/database.ts';
import { followLink, makeLink, seeLink } from '../storage/sign-in-links.ts';
import { newId } from '../terms/ids.ts';
import { hashOf, newOnce, readOnce } from '../terms/secret.ts';
import { type Doorstep, type From, notTooOften, type SignedIn } from './doorstep.ts';
import { startGrid, widest } from './grid.ts';
import type { Letter } from './outdoors.ts';
import { hashed } from './passwords.ts';

/** Links by which someone sets a password, the first or another: each is for one email, and serves once. */
export interface SignInLinks {
  /** Mails one to whoever has this email; whether anyone does, the answer does not say. */
  ask(email: string, from: From): Promise<void>;
  /** The email that it is for; nothing where it has ended or served. */
  see(secret: string): Promise<string | undefined>;
  /** Sets the password, ends all sessions, and signs in. */
  follow(secret: string, password: string, from: From): Promise<SignedIn | 'set' | undefined>;
}

/** In minutes: of one that was asked for, and of one that the operator makes. */
const asked = 60;
const made = 7 * 24 * 60;

export function signInLinksOn({ database, outdoors, attempts, enter }: Doorstep): SignInLinks {
  return {
    async ask(email, { address }) {
      const grid = startGrid(widest);
      try {
        await notTooOften(attempts.asked(email, address));
        const link = outdoors.mail && (await linkFor(database, email, 'studio', asked));
        // Nobody waits for the mail server, or they would learn whether there was a mail.
        if (link) outdoors.mail?.(letterOf(email, `${outdoors.address ?? ''}/set-password#${link}`)).catch(() => {});
        await grid.next();
      } finally {
        grid.stop();
      }
    },
    async see(secret) {
      const read = readOnce('link', secret);
      return (read && (await seeLink(database, read))) ?? undefined;
    },
    async follow(secret, password, from) {
      const read = readOnce('link', secret);
      if (!read || !(await seeLink(database, read))) return undefined;
      const account = await followLink(database, read, await hashed(password));
      if (account === null) return undefined;
      const because = 'They followed a link that was sent to them.';
      await noteAccount(database, account, { action: 'password.change', because });
      return (await enter(account, { provenBy: 'link' }, from)) ?? 'set';
    },
  };
}

/** A new link's secret for whoever has this email, those before it having ended; nothing where nobody active has it. */
export async function linkFor(
  database: Database,
  email: string,
  surface: 'studio' | 'operator',
  minutes = made,
): Promise<string | undefined> {
  const id = newId();
  const secret = newOnce('link', id);
  const ends = await database.single((tx) => fromNow(tx, minutes * 60_000));
  const account = await makeLink(database, email, { id, hash: hashOf(secret) }, ends);
  if (account === null) return undefined;
  const because =
    surface === 'operator' ? 'The operator of this machine did it.' : 'Someone said that they forgot their password.';
  await noteAccount(database, account, { action: 'link.create', because, surface, after: { ends } });
  return secret;
}

const letterOf = (to: string, link: string): Letter => ({
  to,
  subject: 'Set a new password for Postern',
  text: [
    'Someone, most likely you, asked to set a new password for Postern.',
    '',
    'Follow this link to choose one; it is for you alone, and serves once within the hour:',
    '',
    link,
    '',
    'If it was not you, there is nothing you need to do: your password stays as it is.',
    '',
  ].join('\n'),
});
