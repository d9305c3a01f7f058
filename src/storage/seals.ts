import { hash } from 'node:crypto';

/**
 * An entry `a` of the log as one text that nothing else reads as: what is sealed (ACT-3). It begins with the number of its form, so
 * that an entry sealed in one form is verified in it.
 */
export const canonical = `json_build_array(1, a.organization_id, a.id, to_char(a.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), a.xid::text,
  a.person_id, a.credential_id, a.surface, a.action, a.outcome, a.because, a.via, a.overridden, a.noun, a.kind, a.entity_id, a.workspace_id,
  a.before::text, a.after::text)::text`;

/** What the first seal of an organization follows. */
export const beginning: Buffer = Buffer.alloc(32);

export const digestOfEntry = (text: string): Buffer => hash('sha256', text, 'buffer');

/** The digest of a seal: of the one before, and of the entry. */
export const following = (before: Uint8Array, entry: Uint8Array): Buffer =>
  hash('sha256', Buffer.concat([before, entry]), 'buffer');
