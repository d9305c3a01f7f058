import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fromNow } from '../storage/clock.ts';
import { openDatabase, type Tx } from '../storage/database.ts';
import type { Connection } from '../storage/migrate.ts';
import { addOrganization, addPerson, addPrincipal, addWorkspace, isEmptyForUs } from '../storage/operator.ts';
import { addCredential } from '../storage/operator-credentials.ts';
import { within } from '../storage/within.ts';
import { newId } from '../terms/ids.ts';
import { type CredentialScope, defaultKeyDays } from '../terms/scopes.ts';
import { hashOf, newSecret } from '../terms/secret.ts';
import { type Actor, cast, circles, places, type Story, stories } from './acme.ts';
import { operations } from './operations.ts';
import { openPostern } from './postern.ts';
import type { Session } from './session.ts';

/** Someone of the demo, with the key that is shown once. */
export interface DemoPerson {
  readonly name: Actor;
  readonly email: string;
  /** What they are, in words. */
  readonly is: string;
  readonly scopes: readonly CredentialScope[];
  readonly key: string;
}

/**
 * Makes the organization Acme in an empty database (section 15): people and places as the operator, and what people
 * make by those people themselves, through the operations that everyone uses. All of it is one transaction, so that a first start that
 * is broken off leaves the database empty. Answers nobody where there was an organization already.
 */
export async function makeDemo(owner: Connection): Promise<readonly DemoPerson[]> {
  const database = await openDatabase(owner);
  try {
    return await database.outside(async (tx) => {
      const people = (await isEmptyForUs(tx)) ? await settle(tx) : [];
      if (people.length > 0) await live(tx, owner, people);
      return people;
    });
  } finally {
    await database.close();
  }
}

/** People, places, the group and the team. */
async function settle(tx: Tx): Promise<DemoPerson[]> {
  const people: DemoPerson[] = [];
  const ids: Record<string, string> = {};
  const byId = <Role>(roles: Readonly<Record<string, Role>>) =>
    Object.fromEntries(Object.entries(roles).map(([name, role]) => [ids[name], role]));
  const organization = await addOrganization(tx, 'Acme');
  for (const [name, { role, is, scopes }] of Object.entries(cast)) {
    const email = `${name.toLowerCase()}@acme.test`;
    const person = await addPerson(tx, organization, { email, name, role });
    const id = newId();
    const key = newSecret(organization, id);
    const expiresAt = await fromNow(tx, defaultKeyDays * 86_400_000);
    const cut = { scopes, workspaces: null, expiresAt };
    await addCredential(tx, { organization, id, person, name: 'demo', hash: hashOf(key), ...cut });
    ids[name] = person;
    people.push({ name: name as Actor, email, is, scopes, key });
  }
  for (const [name, members] of Object.entries(places)) await addWorkspace(tx, organization, name, byId(members));
  for (const circle of circles)
    await addPrincipal(tx, organization, { ...circle, members: byId<Member>(circle.members) });
  return people;
}

async function live(tx: Tx, app: Connection, people: readonly DemoPerson[]): Promise<void> {
  const postern = await openPostern({ app, database: await within(tx) });
  try {
    const sessions = new Map<Actor, Session>();
    for (const { name, key } of people) sessions.set(name, await postern.admit(key));
    for (const story of stories) await tell((who) => sessions.get(who) as Session, story);
  } finally {
    await postern.close();
  }
}

type Member = Parameters<typeof addPrincipal>[2]['members'][string];

async function tell(session: (who: Actor) => Session, { file, name, by, in: workspace, next }: Story): Promise<void> {
  const document = await readFile(join(import.meta.dirname, '../../examples', file), 'utf8');
  const { id } = await confirmed(session(by), 'create_workflow', { name, document, workspace });
  if (next) await confirmed(session(next.by ?? by), next.does, { id, ...next.with });
}

/** Does it, and says yes to the preview where there is one. */
async function confirmed(session: Session, name: keyof typeof operations, input: object) {
  const first = await session.perform(operations[name], input);
  if (typeof first.confirm !== 'string') return first;
  return session.perform(operations[name], input, { confirm: first.confirm });
}
