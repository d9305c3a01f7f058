import { lookup, Resolver } from 'node:dns/promises';
import type { Duplex } from 'node:stream';
import { connect } from 'node:tls';

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
  /** All addresses of a host that a stranger named; it fails where there is none. */
  resolve(host: string): Promise<readonly string[]>;
  /** A connection over TLS to this very address, where whoever answers proves to be the host. */
  dial(to: Dialled): Promise<Duplex>;
  /** Where people reach this Postern with a browser, without a slash at its end. */
  readonly address?: string | undefined;
}

export interface Dialled {
  readonly address: string;
  readonly host: string;
  readonly port: number;
  readonly signal: AbortSignal;
}

/** With the name servers of this machine. */
export const outdoors: Outdoors = { txt: lookUp, resolve, dial };

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

async function resolve(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}

function dial({ address: to, host, port, signal }: Dialled): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: to, port, servername: host });
    signal.addEventListener('abort', () => socket.destroy(), { once: true });
    socket
      .once('secureConnect', () => resolve(socket))
      .once('error', reject)
      .once('close', () => reject(new Error('closed')));
  });
}
