import * as z from 'zod';
import { isObject } from '../documents/json.ts';
import type { Database, Tx } from '../storage/database.ts';
import * as stored from '../storage/operator-contacts.ts';
import { inside, newId } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { cleanLine } from '../terms/text.ts';
import { namedBy } from './shapes.ts';

/** Which workspace's audience: its name or id, and its organization's where there are several. */
export interface Where {
  readonly workspace: string;
  readonly organization?: string | undefined;
}

/** A contact that was read, and whence. */
export interface NewContact {
  readonly at: string;
  readonly email: string;
  readonly name: string | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** An id as callers see it, of the resource that collected it. */
  readonly source: string | null;
  readonly collected: Date | null;
}

export interface Added {
  readonly added: number;
  readonly updated: number;
  /** Where a source is named that is not in the workspace: that contact is left out. */
  readonly broken: readonly string[];
}

/** Of the JSON of all attributes together, in bytes. */
const largestAttributes = 2048;

const Email = z.email().max(320);
const Time = z.iso.datetime({ offset: true });

/** A contact of a record of any file, or what is wrong with it: what is no field of its own becomes an attribute. */
export function contactFrom(record: Readonly<Record<string, unknown>>, at: string): NewContact | string {
  const { email, name, source, collected_at, attributes = {}, source_name: _, id: __, ...others } = record;
  const read = Email.safeParse(cleanLine(String(email ?? '')));
  if (!read.success) return `${at}: ${JSON.stringify(email ?? '')} is no email address.`;
  if (!isObject(attributes)) return `${at}: attributes is no object.`;
  const all = { ...attributes, ...Object.fromEntries(Object.entries(others).filter(([, value]) => value !== '')) };
  if (Buffer.byteLength(JSON.stringify(all)) > largestAttributes)
    return `${at}: its attributes hold ${largestAttributes} bytes at most.`;
  const time = collected_at ? Time.safeParse(collected_at) : undefined;
  if (time?.success === false) return `${at}: collected_at is a time like 2027-01-31T00:00:00Z.`;
  const called = cleanLine(typeof name === 'string' ? name : '');
  if (called.length > 200) return `${at}: a name has 200 characters at most.`;
  return {
    at,
    email: read.data,
    name: called || null,
    attributes: all,
    source: source ? String(isObject(source) ? source.id : source) : null,
    collected: time ? new Date(time.data) : null,
  };
}

export const addContacts = (database: Database, where: Where, contacts: readonly NewContact[]): Promise<Added> =>
  database.outside(async (tx) => {
    const workspace = await theWorkspace(tx, where);
    const ids = new Map(contacts.map((it) => [it, it.source === null ? undefined : namedBy(it.source).id]));
    const known = await stored.resourcesIn(
      tx,
      workspace,
      [...ids.values()].filter((id) => id !== undefined),
    );
    const isSound = (it: NewContact) => it.source === null || known.has(ids.get(it) ?? '');
    const rows = new Map<string, stored.ContactRow>();
    for (const it of contacts.filter(isSound)) {
      const key = it.email.toLowerCase();
      const before = rows.get(key);
      rows.set(key, {
        id: newId(),
        email: it.email,
        name: it.name ?? before?.name ?? null,
        attributes: { ...before?.attributes, ...it.attributes },
        source: ids.get(it) ?? before?.source ?? null,
        collected: it.collected ?? before?.collected ?? null,
      });
    }
    const added = rows.size ? await stored.upsertContacts(tx, workspace, [...rows.values()]) : 0;
    const broken = contacts
      .filter((it) => !isSound(it))
      .map(({ at }) => `${at}: its source is nothing in this workspace.`);
    return { added, updated: rows.size - added, broken };
  });

export const removeContact = (database: Database, where: Where, email: string): Promise<boolean> =>
  database.outside(async (tx) => stored.deleteContact(tx, await theWorkspace(tx, where), email));

async function theWorkspace(tx: Tx, { workspace, organization }: Where): Promise<stored.WorkspaceFound> {
  const named = { id: inside('workspace', workspace), name: workspace };
  const home = organization && (inside('organization', organization) ?? organization);
  const [first, second] = await stored.workspacesCalled(tx, named, home);
  if (!first) throw new Problem('not_found', `There is no workspace ${workspace}.`, { advice: 'Check its name.' });
  if (second)
    throw new Problem('ambiguous_principal', `Several workspaces are called ${workspace}.`, {
      advice: 'Name its id, or its organization with --organization.',
    });
  return first;
}
