import { type Database, openDatabase } from '../storage/database.ts';
import type { Connection } from '../storage/migrate.ts';
import * as stored from '../storage/operator.ts';
import { setCreator } from '../storage/operator-organizations.ts';
import { dropTokenKeys } from '../storage/operator-tokens.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { type Arrived, type Arriving, acceptInvitation } from './accepting.ts';
import { type As, lendKey, restoreOrganization } from './operator-acting.ts';
import { addClient, type ClientShown, listClients, removeClient } from './operator-clients.ts';
import { type Added, addContacts, type NewContact, removeContact, type Where } from './operator-contacts.ts';
import { borrowKey, createKey, type Key, type KeyWish, type Loan, listKeys, revokeKey } from './operator-keys.ts';
import { type Rotated, type Rotating, rotateSecrets } from './operator-secrets.ts';
import { linkFor } from './sign-in-links.ts';

/** Whoever runs the machine: no credential, no person, and none of the rights of one; what it does is logged as the operator's. */
export interface Operator {
  /** Whether nobody has made anything yet. */
  isEmpty(): Promise<boolean>;
  /** An organization, its first admin, and a workspace that they own. */
  init(first: {
    organization: string;
    admin: string;
    workspace: string;
  }): Promise<{ organization: string; person: string; workspace: string }>;
  createKey(wish: KeyWish): Promise<Key & { readonly key: string }>;
  listKeys(): Promise<Key[]>;
  revokeKey(id: string): Promise<Key>;
  /** A key to import with as a person; `end` ends it. The same wish gets the same credential, so that a second run resumes the first (EXT-9). */
  borrowKey(loan: Loan): Promise<{ readonly key: string; end(): Promise<void> }>;
  /** A key to do one thing with in someone's name, as far as they may themself. */
  lendKey(as: As, name: string): Promise<{ readonly key: string; end(): Promise<void> }>;
  /** Lets in whoever was invited (ORG-4). */
  accept(arriving: Arriving): Promise<Arrived>;
  /** Brings back an organization that was deleted (ORG-9). */
  restoreOrganization(named: string): Promise<{ readonly id: string; readonly name: string }>;
  /** Brings all secrets under the newest key (WS-4). */
  rotateSecrets(by: Rotating): Promise<Rotated>;
  /** Refuses every access token of before (adr/0012); answers how many keys had signed them. */
  rotateTokenKeys(): Promise<number>;
  /** Keeps contacts in a workspace's audience; an email that is there already is brought up to date (WS-5). */
  addContacts(where: Where, contacts: readonly NewContact[]): Promise<Added>;
  /** Takes a contact out; false where there was none. */
  removeContact(where: Where, email: string): Promise<boolean>;
  /** The programs that people may let in by OAuth. */
  listClients(): Promise<ClientShown[]>;
  /** Sets one up; `metadata` is as OAuth keeps it. */
  addClient(metadata: object, withSecret: boolean): Promise<{ readonly id: string; readonly secret?: string }>;
  removeClient(id: string): Promise<void>;
  /** A link by which whoever has this email chooses a password and signs in; those before it end. */
  signInLink(email: string): Promise<string>;
  close(): Promise<void>;
}

export async function openOperator(owner: Connection): Promise<Operator> {
  const database = await openDatabase(owner);
  return {
    isEmpty: () => database.outside(async (tx) => !(await stored.hasOrganization(tx))),
    init: (first) => init(database, first),
    createKey: (wish) => createKey(database, wish),
    listKeys: () => listKeys(database),
    revokeKey: (id) => revokeKey(database, id),
    borrowKey: (loan) => borrowKey(database, loan),
    lendKey: (as, name) => lendKey(database, as, name),
    accept: (arriving) => acceptInvitation(database, arriving, 'operator'),
    restoreOrganization: (named) => restoreOrganization(database, named),
    rotateSecrets: (by) => rotateSecrets(database, by),
    rotateTokenKeys: () => database.outside(dropTokenKeys),
    addContacts: (where, contacts) => addContacts(database, where, contacts),
    removeContact: (where, email) => removeContact(database, where, email),
    listClients: () => listClients(database),
    addClient: (metadata, withSecret) => addClient(database, metadata, withSecret),
    removeClient: (id) => removeClient(database, id),
    signInLink: (email) => signInLink(database, email),
    close: () => database.close(),
  };
}

async function signInLink(database: Database, email: string): Promise<string> {
  const link = await linkFor(database, email, 'operator');
  if (link !== undefined) return link;
  throw new Problem('not_found', `Nobody active has the email ${email}.`, { advice: 'Check the address.' });
}

const init = (
  database: Database,
  { organization, admin, workspace }: { organization: string; admin: string; workspace: string },
) =>
  database.outside(async (tx) => {
    if (await stored.organizationNamed(tx, organization)) {
      throw new Problem('invalid_argument', `There is an organization ${organization} already.`, {
        advice: 'Choose another name.',
      });
    }
    const id = await stored.addOrganization(tx, organization);
    const person = await stored.addPerson(tx, id, { email: admin, name: admin.split('@')[0] ?? admin, role: 'admin' });
    await setCreator(tx, id, person);
    const place = await stored.addWorkspace(tx, id, workspace, { [person]: 'owner' });
    return {
      organization: outside('organization', id),
      person: outside('person', person),
      workspace: outside('workspace', place),
    };
  });
