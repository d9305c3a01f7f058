import { type Database, openDatabase } from '../storage/database.ts';
import type { Connection } from '../storage/migrate.ts';
import * as stored from '../storage/operator.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { borrowKey, createKey, type Key, type KeyWish, type Loan, listKeys, revokeKey } from './operator-keys.ts';

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
    close: () => database.close(),
  };
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
    const place = await stored.addWorkspace(tx, id, workspace, { [person]: 'owner' });
    return {
      organization: outside('organization', id),
      person: outside('person', person),
      workspace: outside('workspace', place),
    };
  });
