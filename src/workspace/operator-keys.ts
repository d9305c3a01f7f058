import { fromNow } from '../storage/clock.ts';
import type { Database } from '../storage/database.ts';
import * as stored from '../storage/operator.ts';
import * as kept from '../storage/operator-credentials.ts';
import { inside, newId, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import type { CredentialScope } from '../terms/scopes.ts';
import { hashOf, newSecret } from '../terms/secret.ts';

export interface KeyWish {
  readonly person: string;
  /** Its name or id, where the person is in several (ORG-11). */
  readonly organization?: string | undefined;
  readonly name: string;
  readonly scopes: readonly CredentialScope[];
  /** Names or ids; none leaves it uncut. */
  readonly workspaces?: readonly string[] | undefined;
  /** In milliseconds; without it, it has no end. */
  readonly holds: number | null;
}

/** For whom and where an import wants a key. */
export interface Loan {
  readonly person: string;
  readonly organization?: string | undefined;
  readonly workspace: string;
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

export const createKey = (database: Database, { person, organization, name, scopes, workspaces, holds }: KeyWish) =>
  database.outside(async (tx) => {
    const it = theOne(await stored.peopleWith(tx, person, organizationId(organization)), person);
    const found = await stored.workspacesOf(tx, it.organization);
    const cut = workspaces?.map((named) => workspaceAmong(found, named));
    const id = newId();
    const key = newSecret(it.organization, id);
    const hash = hashOf(key);
    await kept.addCredential(tx, {
      organization: it.organization,
      id,
      person: it.id,
      name,
      hash,
      scopes,
      workspaces: cut ?? null,
      expiresAt: holds === null ? null : await fromNow(tx, holds),
    });
    const [made] = await kept.credentials(tx, id);
    if (!made) throw new Error('the key that was just made is not there');
    return { ...shown(made), key };
  });

export const listKeys = (database: Database): Promise<Key[]> =>
  database.outside(async (tx) => (await kept.credentials(tx)).map(shown));

export const revokeKey = (database: Database, id: string) =>
  database.outside(async (tx) => {
    const uuid = inside('credential', id);
    const found = uuid ? (await kept.credentials(tx, uuid))[0] : undefined;
    if (!found || !uuid)
      throw new Problem('not_found', `There is no key ${id}.`, { advice: '`postern key list` shows their ids.' });
    await kept.revokeCredential(tx, found);
    return shown({ ...found, state: 'revoked' });
  });

const importing = 'postern import';
/** In milliseconds. */
const longestImport = 86_400_000;

/** The same wish gets the same credential, so that what a broken run has done is known to the next (EXT-9). */
export async function borrowKey(database: Database, { person, organization, workspace }: Loan) {
  return database.outside(async (tx) => {
    const it = theOne(await stored.peopleWith(tx, person, organizationId(organization)), person);
    const place = workspaceAmong(await stored.workspacesOf(tx, it.organization), workspace);
    const mine = { organization: it.organization, person: it.id, name: importing, workspace: place };
    const known = await kept.credentialNamed(tx, mine);
    const id = known ?? newId();
    const key = newSecret(it.organization, id);
    const made = {
      organization: it.organization,
      id,
      hash: hashOf(key),
      expiresAt: await fromNow(tx, longestImport),
    };
    if (known) await kept.renewCredential(tx, made);
    else
      await kept.addCredential(tx, {
        ...made,
        person: it.id,
        name: importing,
        scopes: ['write'],
        workspaces: [place],
      });
    const { organization: home } = it;
    const end = () => database.outside((last) => kept.endCredential(last, { organization: home, id }));
    return { key, end };
  });
}

export const organizationId = (named: string | undefined) => named && (inside('organization', named) ?? named);

export function theOne(found: readonly stored.PersonFound[], email: string): stored.PersonFound {
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

const shown = ({ id, email, name, scopes, workspaces, createdAt, expiresAt, state }: kept.CredentialFound): Key => ({
  id: outside('credential', id),
  person: email,
  name,
  scopes,
  workspaces,
  created_at: new Date(createdAt).toISOString(),
  expires_at: expiresAt && new Date(expiresAt).toISOString(),
  state,
});
