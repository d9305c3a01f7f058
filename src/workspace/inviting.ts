import * as z from 'zod';
import { type InvitedTo, type Inviting, insertInvitations, pendingFor } from '../storage/invitations.ts';
import { memberNamed } from '../storage/members.ts';
import { organizationOf } from '../storage/organizations.ts';
import { senderGround } from '../storage/senders.ts';
import { newId, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { hashOf, newInvitation } from '../terms/secret.ts';
import { principalNamed } from './directory.ts';
import { givable, invitingAs } from './giving.ts';
import { type Fresh, fresh, Sent, sendAll } from './letters.ts';
import { changing, type Desk } from './operation.ts';
import { seesWhole } from './people.ts';
import { Words } from './shapes.ts';
import { End, endOf } from './sharing.ts';
import { workspaceCalled } from './workspaces.ts';

/** How many people one call invites. */
const most = 25;

const Email = z.string().trim().max(254).pipe(z.email('It is no email address.'));

interface Outcome {
  readonly email: string;
  readonly id?: string;
  readonly expires_at?: string;
  readonly error?: Record<string, unknown>;
}

export const inviteMembers = changing({
  name: 'invite_members',
  costly: true,
  action: ({ role, workspaces }) => invitingAs(role, workspaces),
  actions: ['member.invite', 'member.invite_admin', 'member.invite_owner'],
  input: z.strictObject({
    emails: z.array(Email).min(1).max(most),
    role: z.enum(['guest', 'member', 'admin']).default('member').describe('guest limits their account.'),
    workspaces: z
      .array(z.strictObject({ workspace: Words(200), role: z.enum(['viewer', 'creator', 'admin', 'owner']) }))
      .max(20)
      .default([]),
    teams: z
      .array(z.strictObject({ team: Words(400), role: z.enum(['member', 'manager']).default('member') }))
      .max(20)
      .default([])
      .describe('Names or ids.'),
    expires_at: End.optional().describe('When it ends; in 7 days if left out.'),
  }),
  output: z.object({ outcomes: z.array(Sent), note: z.string().optional() }),
  evenly: true,
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { emails, role, expires_at, ...wanted }) {
    const expiresAt = endOf(expires_at, desk.now);
    const places = await placesNamed(desk, wanted);
    await refuseUngivable(desk, role, places);
    const all = [...new Map(emails.map((email) => [email.toLowerCase(), email])).values()];
    const found = [];
    for (const email of all) found.push({ email, problem: await hindrance(desk, target, email) });
    const invited = found.filter(({ problem }) => !problem).map(({ email }) => drawn(desk, email));
    const ends = await insertInvitations(
      desk.tx,
      target,
      invited.map(({ id, email, secret }) => ({ id, email, role, places, expiresAt, hash: hashOf(secret) })),
    );
    const endOn = (id: string) => (ends.get(id) as Date).toISOString();
    const outcomes = found.map(({ email, problem }): Outcome => {
      const it = invited.find((one) => one.email === email);
      return problem || !it
        ? { email, error: problem?.toJSON() ?? {} }
        : { email, id: it.id, expires_at: endOn(it.id) };
    });
    const shown = placesInLog(places);
    return {
      outcome: { outcomes },
      before: null,
      after: { emails: invited.map(({ email }) => email), role, ...shown },
      also: invited.map(({ id, email }) => ({
        noun: 'invitation' as const,
        id,
        before: null,
        after: { email, role, ...shown, expires_at: endOn(id) },
      })),
      idle: invited.length === 0,
      fresh: fresh(
        await organizationOf(desk.tx, desk.me),
        desk.me,
        invited.map((it) => ({ ...it, ends: ends.get(it.id) as Date })),
      ),
    };
  },
  answer: async (_desk, { outcomes }) => ({
    outcomes: outcomes.map(({ id, ...it }) => ({
      ...it,
      ...(id && { id: outside('invitation', id) }),
      status: it.error ? 'unchanged' : 'pending',
    })),
  }),
  afterwards: async (outdoors, { outcomes }, letters: Fresh) => ({
    outcomes: await sendAll(outdoors, outcomes, letters),
  }),
});

const drawn = ({ me }: Desk, email: string) => {
  const id = newId();
  return { id, email, secret: newInvitation(me.organization, id) };
};

/** The places by their ids; one that the caller doesn't see is missing. */
async function placesNamed(
  desk: Desk,
  wanted: {
    workspaces: readonly { workspace: string; role: InvitedTo['workspaces'][number]['role'] }[];
    teams: readonly { team: string; role: 'manager' | 'member' }[];
  },
): Promise<InvitedTo> {
  const workspaces = new Map<string, InvitedTo['workspaces'][number]>();
  for (const { workspace, role } of wanted.workspaces) {
    const seen = await desk.may('workspace.see', await workspaceCalled(desk, workspace));
    if (seen instanceof Problem) throw seen;
    workspaces.set(seen.subject.id, { id: seen.subject.id, role });
  }
  const teams = new Map<string, InvitedTo['teams'][number]>();
  for (const { team, role } of wanted.teams) {
    const { id } = await principalNamed(desk, `team:${team}`);
    teams.set(id, { id, role });
  }
  return { workspaces: [...workspaces.values()], teams: [...teams.values()] };
}

/** An invitation gives nothing that its sender couldn't give directly (ORG-3). */
async function refuseUngivable({ tx, me }: Desk, role: 'guest' | 'member' | 'admin', places: InvitedTo): Promise<void> {
  const ids = (those: readonly { id: string }[]) => those.map(({ id }) => id);
  const sender = await senderGround(
    tx,
    { organization: me.organization, sender: me.person },
    { workspaces: ids(places.workspaces), teams: ids(places.teams) },
  );
  const given = sender && givable(sender, { role, places, override: me.scopes.includes('override') });
  const refused = (at: string, what: string) =>
    new Problem('permission_denied', `/${at}: You could not give this place yourself${what} (ORG-3, ORG-10).`, {
      pointer: `/${at}`,
      advice: 'Leave it out, or ask whoever manages it to invite them there.',
    });
  const workspace = places.workspaces.findIndex((it) => !given?.workspaces.includes(it));
  if (workspace >= 0) throw refused(`workspaces/${workspace}`, role === 'guest' ? ', or not to a guest' : '');
  const team = places.teams.findIndex((it) => !given?.teams.includes(it));
  if (team >= 0) throw refused(`teams/${team}`, role === 'guest' ? ', or not to a guest' : '');
}

/** What stands in the way of inviting someone, as far as the caller may know: whom they don't find is invited like anyone (DIR-1). */
async function hindrance(desk: Desk, target: Inviting, email: string): Promise<Problem | undefined> {
  const { tx, me } = desk;
  if (await memberNamed(tx, me, await seesWhole(desk), { id: undefined, text: email }))
    return new Problem('already_has_access', 'They are in the organization already.', {
      advice: 'set_member_role changes what they are.',
    });
  const pending = await pendingFor(tx, target, email);
  if (!pending) return undefined;
  return new Problem('conflict', 'You have invited them already.', {
    current: { id: outside('invitation', pending) },
    advice: 'update_invitation sends it again, or revokes it.',
  });
}

/** The places as the log keeps them. */
const placesInLog = ({ workspaces, teams }: InvitedTo) => ({
  ...(workspaces.length > 0 && {
    workspaces: workspaces.map(({ id, role }) => ({ workspace: outside('workspace', id), role })),
  }),
  ...(teams.length > 0 && { teams: teams.map(({ id, role }) => ({ team: outside('team', id), role })) }),
});
