import * as z from 'zod';
import { type InvitationListed, pageOfInvitations, renewInvitation, revokeInvitation } from '../storage/invitations.ts';
import { teamsSeen } from '../storage/members.ts';
import { organizationOf } from '../storage/organizations.ts';
import { senderGround } from '../storage/senders.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { hashOf, newInvitation } from '../terms/secret.ts';
import { stillInvites } from './giving.ts';
import { type Fresh, fresh, Sent, sendAll } from './letters.ts';
import { changing, type Desk, reading } from './operation.ts';
import { seesWhole } from './people.ts';
import { Id, Paging } from './shapes.ts';
import { End, endOf } from './sharing.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { standingsOf } from './workspaces.ts';

const Place = z.object({ id: z.string(), name: z.string(), role: z.string() });
const Invitation = z.object({
  id: z.string(),
  email: z.string(),
  role: z.string(),
  status: z.string(),
  by: z.string(),
  sent_at: z.string(),
  expires_at: z.string(),
  workspaces: z.array(Place).optional(),
  teams: z.array(Place).optional(),
});

export const listInvitations = reading({
  name: 'list_invitations',
  action: 'invitation.list',
  input: z.strictObject({ ...Paging }),
  output: z.object({ items: z.array(Invitation), next_cursor: z.string().optional() }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, target, { limit, cursor }) {
    const after = cursor === undefined ? undefined : desk.placeOf('invitations', cursor);
    const { items, next } = await pageOfInvitations(desk.tx, target, await seesWhole(desk), { limit, after });
    const shown = lightest(await invitationsShown(desk, items), roomOfAnswer);
    const last = shown.length < items.length ? items[shown.length - 1]?.id : next;
    return { items: shown, ...(last && { next_cursor: desk.cursor('invitations', last) }) };
  },
});

/** With the places that the caller may know of, and no others (DIR-1). */
async function invitationsShown(desk: Desk, items: readonly InvitationListed[]) {
  const workspaces = new Map((await standingsOf(desk)).map(({ workspace, name }) => [workspace, name]));
  const asked = [...new Set(items.flatMap(({ places }) => places.teams.map(({ id }) => id)))];
  const teams = await teamsSeen(desk.tx, desk.me, asked);
  const placed = (
    type: 'workspace' | 'team',
    places: readonly { readonly id: string; readonly role: string }[],
    names: ReadonlyMap<string, string>,
  ) =>
    places.flatMap(({ id, role }) => {
      const name = names.get(id);
      return name === undefined ? [] : [{ id: outside(type, id), name, role }];
    });
  return items.map(({ id, email, role, by, over, sent_at, expires_at, places }) => ({
    id: outside('invitation', id),
    email,
    role,
    status: over ? 'expired' : 'pending',
    by,
    sent_at: new Date(sent_at).toISOString(),
    expires_at: new Date(expires_at).toISOString(),
    ...(places.workspaces.length > 0 && { workspaces: placed('workspace', places.workspaces, workspaces) }),
    ...(places.teams.length > 0 && { teams: placed('team', places.teams, teams) }),
  }));
}

export const updateInvitation = changing({
  name: 'update_invitation',
  action: 'invitation.change',
  input: z
    .strictObject({
      id: Id.describe('From list_invitations.'),
      do: z.enum(['resend', 'revoke']).describe('resend makes a new secret; the old one opens nothing any more.'),
      expires_at: End.optional().describe('With resend; in 7 days if left out.'),
    })
    .refine((it) => it.do === 'resend' || it.expires_at === undefined, {
      path: ['expires_at'],
      message: 'It goes with resend only.',
    }),
  output: Sent,
  target: ({ id }) => ({ noun: 'invitation', id: inside('invitation', id) }) as const,
  async run(desk, target, { do: wish, expires_at }) {
    const { tx, me } = desk;
    const { id, email, status, expires_at: until, ...subject } = target.subject;
    if (status !== 'pending')
      throw new Problem('already_decided', `It is ${status} already.`, {
        current: { status },
        advice: status === 'revoked' ? 'Invite them anew with invite_members.' : 'They are in the organization.',
      });
    const before = { status, expires_at: new Date(until).toISOString() };
    if (wish === 'revoke') {
      await revokeInvitation(tx, target);
      return { outcome: { id, email, status: 'revoked' }, before, after: { status: 'revoked' } };
    }
    const end = endOf(expires_at, desk.now);
    await refuseLapsed(desk, subject.invited_by, target.subject);
    const secret = newInvitation(me.organization, id);
    const ends = await renewInvitation(tx, target, hashOf(secret), end);
    const after = { status, expires_at: ends.toISOString() };
    return {
      outcome: { id, email, ...after },
      before,
      after,
      fresh: fresh(await organizationOf(tx, me), me, [{ id, email, secret, ends }]),
    };
  },
  answer: async (_desk, { id, ...it }) => ({ id: outside('invitation', id), ...it }),
  afterwards: async (outdoors, answer, letters: Fresh) => {
    const [sent] = await sendAll(outdoors, [answer], letters);
    return sent ?? answer;
  },
});

/** An invitation whose sender could not give it any more would open nothing, so that it is not sent again. */
async function refuseLapsed(
  { tx, me }: Desk,
  sender: string,
  { role, places }: { readonly role: 'guest' | 'member' | 'admin'; readonly places: never | unknown },
): Promise<void> {
  const to = places as InvitationListed['places'];
  const ground = await senderGround(tx, { organization: me.organization, sender }, { workspaces: [], teams: [] });
  if (ground && stillInvites(ground, role, to)) return;
  throw new Problem('conflict', 'Whoever sent it may not invite any more as it says (ORG-3).', {
    advice: 'Revoke it, and invite them yourself with invite_members.',
  });
}
