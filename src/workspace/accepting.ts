import type { Database } from '../storage/database.ts';
import { enterByInvitation, type InvitedTo, insertArrival, logArrival, placeArrival } from '../storage/invitations.ts';
import { senderGround } from '../storage/senders.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { readInvitation } from '../terms/secret.ts';
import { givable, stillInvites } from './giving.ts';
import { Name } from './shapes.ts';

/** Someone who holds an invitation and comes in by it. */
export interface Arriving {
  /** The secret, or the link that ends in it. */
  readonly secret: string;
  /** What they are called. */
  readonly name: string;
  /** What they signed in by, which has to be what was invited (ORG-11); the operator vouches for them without. */
  readonly email?: string | undefined;
}

/** Who came in, as what. */
export interface Arrived {
  readonly organization: string;
  readonly person: string;
  readonly email: string;
  readonly role: string;
}

/**
 * Lets someone in by an invitation, once: what its sender could no longer give, they are not given (ORG-3). Expired, revoked, used and
 * unknown are told apart by nobody (ORG-4). It takes the role that serves, and no session; `by` says whose hand the log names.
 */
export async function acceptInvitation(
  database: Database,
  { secret, name, email }: Arriving,
  by: 'operator' | 'studio',
): Promise<Arrived> {
  const read = readInvitation(secret);
  const called = Name.safeParse(name);
  if (!called.success) throw new Problem('invalid_argument', 'A name has 1 to 120 characters.', { pointer: '/name' });
  const arrived = read && (await database.outside((tx) => arriving(tx, read, called.data, { email, by })));
  if (!arrived) throw over();
  return arrived;
}

type Read = NonNullable<ReturnType<typeof readInvitation>>;
type Tx = Parameters<Parameters<Database['outside']>[0]>[0];

async function arriving(
  tx: Tx,
  read: Read,
  name: string,
  { email, by }: { email: string | undefined; by: 'operator' | 'studio' },
): Promise<Arrived | undefined> {
  const invited = await enterByInvitation(tx, read);
  if (!invited || (email !== undefined && email.toLowerCase() !== invited.email.toLowerCase())) return undefined;
  const { organization, places, role } = invited;
  const ids = (those: readonly { readonly id: string }[]) => those.map(({ id }) => id);
  const sender = await senderGround(
    tx,
    { organization, sender: invited.invited_by },
    { workspaces: ids(places.workspaces), teams: ids(places.teams) },
  );
  if (!sender || !stillInvites(sender, role, places)) return undefined;
  const person = await insertArrival(tx, invited, name);
  if (!person) return undefined;
  const given = givable(sender, { role, places, override: true });
  await placeArrival(tx, invited, person, given);
  const after = { status: 'accepted', person: outside('person', person), email: invited.email, role, ...inLog(given) };
  await logArrival(tx, invited, { person, by, after });
  return {
    organization: outside('organization', organization),
    person: outside('person', person),
    email: invited.email,
    role,
  };
}

const inLog = ({ workspaces, teams }: InvitedTo) => ({
  workspaces: workspaces.map(({ id, role }) => ({ workspace: outside('workspace', id), role })),
  teams: teams.map(({ id, role }) => ({ team: outside('team', id), role })),
});

const over = () =>
  new Problem('not_found', 'This invitation opens nothing: it may have ended, been used, or been taken back.', {
    advice: 'Ask whoever invited you to send it again.',
  });
