import type { Ledger } from '../workspace/ledger.ts';
import type { Outdoors } from '../workspace/outdoors.ts';
import { clientFrom, Refused } from './clients.ts';
import { documentAt, isDocumentAddress } from './outward.ts';

/** In seconds: for so long a document that was read is not read again. */
const fresh = 3_600;

/**
 * Reads the document that a client's id is the address of, unless it was read within the hour: who it is, and where it may have people
 * sent back to. It can have no secret, since everyone can read the document.
 */
export async function readDocument(
  id: string,
  ledger: Ledger,
  outdoors: Pick<Outdoors, 'resolve' | 'dial'>,
  trouble: (thrown: unknown) => void,
): Promise<void> {
  const known = await ledger.client(id);
  if (known && (known.standing !== 'document' || known.age < fresh)) return;
  const document = await documentAt(id, outdoors).catch((thrown) => {
    trouble(thrown);
    throw new Refused('invalid_client', 'The document that its client_id is the address of could not be read.');
  });
  const told = (document ?? {}) as Record<string, unknown>;
  if (told.client_id !== id) throw new Refused('invalid_client', 'The document speaks of another client_id.');
  const method = told.token_endpoint_auth_method ?? 'none';
  if (method !== 'none' || 'client_secret' in told || 'client_secret_expires_at' in told)
    throw new Refused(
      'invalid_client',
      'A client that is known by its document has no secret: token_endpoint_auth_method is none.',
    );
  await ledger.keepClient(id, 'document', clientFrom(told));
}

/** Whether it is known by a document, going by its id. */
export const hasDocument = (id: string): boolean => /^https?:/i.test(id) && isDocumentAddress(id);
