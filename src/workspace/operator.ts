import { type Database, openDatabase } from '../storage/database.ts';
import type { Connection } from '../storage/migrate.ts';
import * as stored from '../storage/operator.ts';
import { inside, newId, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import { newSecret, readSecret } from '../terms/secret.ts';

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
  borrowKey(wish: {
    person: string;
    organization?: string | undefined;
    workspace: string;
  }): Promise<{ readonly key: string; end(): Promise<void> }>;
  close(): Promise<void>;
}

export interface KeyWish {
  readonly person: string;
  /** Its name or id, where the person is in several (ORG-11). */
  readonly organization?: string | undefined;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  /** Names or ids; none leaves it uncut. */
  readonly workspaces?: readonly string[] | undefined;
  readonly expiresAt: Date | null;
}

/** A key as the operator sees it. Its secret is not kept. */
export interface Key {
  readonly id: string;
  readonly person: string;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  readonly workspaces: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly state: 'active' | 'expired' | 'revoked';
}

export async function openOperator(owner: Connection): Promise<Operator> {
  const database = await openDatabase(owner);
  return {
    isEmpty: () => database.outside(async (tx) => !(await stored.hasOrganization(tx))),
    init: (first) => init(database, first),
    createKey: (wish) => createKey(database, wish),
    listKeys: () => database.outside(async (tx) => (await stored.credentials(tx)).map(shown)),
    revokeKey: (id) => revokeKey(database, id),
    borrowKey: (wish) => borrowKey(database, wish),
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

const createKey = (database: Database, { person, organization, name, scopes, workspaces, expiresAt }: KeyWish) =>
  database.outside(async (tx) => {
    const it = theOne(await stored.peopleWith(tx, person, organizationId(organization)), person);
    const found = await stored.workspacesOf(tx, it.organization);
    const cut = workspaces?.map((named) => workspaceAmong(found, named));
    const id = newId();
    const key = newSecret(it.organization, id);
    const hash = hashOf(key);
    await stored.addCredential(tx, {
      organization: it.organization,
      id,
      person: it.id,
      name,
      hash,
      scopes,
      workspaces: cut ?? null,
      expiresAt,
    });
    return { ...shown((await stored.credentials(tx, id))[0]!), key };
  });

const revokeKey = (database: Database, id: string) =>
  database.outside(async (tx) => {
    const uuid = inside('credential', id);
    const found = uuid ? (await stored.credentials(tx, uuid))[0] : undefined;
    if (!found || !uuid)
      throw new Problem('not_found', `There is no key ${id}.`, { advice: '`postern key list` shows their ids.' });
    await stored.revokeCredential(tx, found);
    return shown({ ...found, state: 'revoked' });
  });

const importing = 'postern import';
/** In milliseconds. */
const longestImport = 86_400_000;

async function borrowKey(
  database: Database,
  { person, organization, workspace }: { person: string; organization?: string | undefined; workspace: string },
) {
  return database.outside(async (tx) => {
    const it = theOne(await stored.peopleWith(tx, person, organizationId(organization)), person);
    const place = workspaceAmong(await stored.workspacesOf(tx, it.organization), workspace);
    const mine = { organization: it.organization, person: it.id, name: importing, workspace: place };
    const known = await stored.credentialNamed(tx, mine);
    const id = known ?? newId();
    const key = newSecret(it.organization, id);
    const made = {
      organization: it.organization,
      id,
      hash: hashOf(key),
      expiresAt: new Date(Date.now() + longestImport),
    };
    if (known) await stored.renewCredential(tx, made);
    else
      await stored.addCredential(tx, {
        ...made,
        person: it.id,
        name: importing,
        scopes: ['write'],
        workspaces: [place],
      });
    const end = () =>
      database.outside((last) =>
        stored.renewCredential(last, { organization: it.organization, id, expiresAt: new Date() }),
      );
    return { key, end };
  });
}

const hashOf = (key: string): Buffer => {
  const read = readSecret(key);
  if (!read) throw new Error('a new key cannot be read');
  return read.hash;
};

const organizationId = (named: string | undefined) => named && (inside('organization', named) ?? named);

function theOne(found: readonly stored.PersonFound[], email: string): stored.PersonFound {
  const [first, second] = found;
  if (!first) throw new Problem('not_found', `Nobody active has the email ${email}.`, { advice: 'Check the address.' });
  if (!second) return first;
  const candidates = found.map(({ organization, organizationName }) => ({
    id: outside('organization', organization),
    name: organizationName,
  }));
  const names = candidates.map(({ id, name }) => `${name} (${id})`).join(', ');
  throw new Problem('ambiguous_principal', `${email} is in several organizations: ${names}.`, {
    candidates,
    advice: 'Name one with --organization.',
  });
}

function workspaceAmong(found: readonly { id: string; name: string }[], named: string): string {
  const uuid = inside('workspace', named);
  const [first, second] = found.filter(({ id, name }) => id === uuid || name === named);
  if (!first) {
    throw new Problem('not_found', `There is no workspace ${named} in that organization.`, {
      advice: `There are ${found.map(({ name }) => name).join(', ') || 'none'}.`,
    });
  }
  if (second)
    throw new Problem('ambiguous_principal', `Several workspaces are called ${named}.`, { advice: 'Name the id.' });
  return first.id;
}

const shown = ({ id, email, name, scopes, workspaces, createdAt, expiresAt, state }: stored.CredentialFound): Key => ({
  id: outside('credential', id),
  person: email,
  name,
  scopes,
  workspaces,
  created_at: new Date(createdAt).toISOString(),
  expires_at: expiresAt && new Date(expiresAt).toISOString(),
  state,
});
