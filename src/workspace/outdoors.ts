import { Resolver } from 'node:dns/promises';

/** A mail to one person, in plain words. */
export interface Letter {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** What Postern turns to beyond its database; never within a transaction. */
export interface Outdoors {
  /** Sends a mail, and fails where no server took it; without it an invitation is shown, to be passed on by hand. */
  readonly mail?: ((letter: Letter) => Promise<void>) | undefined;
  /** The TXT records of a name; none where there is no such name. It fails where nobody can tell. */
  txt(name: string): Promise<readonly string[]>;
  /** Where people reach this Postern with a browser, without a slash at its end. */
  readonly address?: string | undefined;
}

/** With the name servers of this machine. */
export const outdoors: Outdoors = { txt: lookUp };

/** In milliseconds, for each of two tries. */
const patience = 2_000;

async function lookUp(name: string): Promise<readonly string[]> {
  try {
    const records = await new Resolver({ timeout: patience, tries: 2 }).resolveTxt(name);
    return records.map((parts) => parts.join(''));
  } catch (thrown) {
    if (absent.includes((thrown as NodeJS.ErrnoException).code ?? '')) return [];
    throw thrown;
  }
}

/** What a name server says of a name that is not there, or has no such record. */
const absent = ['ENOTFOUND', 'ENODATA'];
