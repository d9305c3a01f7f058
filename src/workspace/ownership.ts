import * as z from 'zod';
import { capabilitiesOf } from '../access/capabilities.ts';
import { type Facts, levelOf } from '../access/decide.ts';
import type { Decided } from '../storage/decided.ts';
import { factsAbout } from '../storage/facts.ts';
import { keepGrant } from '../storage/grants.ts';
import { ownerEmail } from '../storage/people.ts';
import { setOwner, storeVisibility } from '../storage/resources.ts';
import { outside } from '../terms/ids.ts';
import { type Kind, kinds } from '../terms/kinds.ts';
import { visibilities } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import { changing, type Desk } from './operation.ts';
import { holdActive } from './people.ts';
import { settle } from './settling.ts';
import { Id, organizationOwned, Words } from './shapes.ts';
import { resource } from './sharing.ts';
import type { Taking } from './telling.ts';

export const setVisibility = changing({
  name: 'set_visibility',
  action: ({ visibility }) => (visibility === 'private' ? 'resource.withdraw' : 'resource.publish'),
  actions: ['resource.publish', 'resource.withdraw'],
  input: z
    .strictObject({
      id: Id,
      visibility: z.enum(visibilities).describe('private drops all grants.'),
      everyone_role: z.enum(['viewer', 'editor']).optional().describe('With everyone; editor unless said.'),
      organization_owned: z
        .boolean()
        .optional()
        .describe('true, with everyone: the organization owns it. To take it back, set private.'),
    })
    .refine(({ visibility, everyone_role }) => visibility === 'everyone' || everyone_role === undefined, {
      path: ['everyone_role'],
      message: 'It goes with everyone only.',
    })
    .refine(({ visibility, organization_owned }) => organization_owned !== true || visibility === 'everyone', {
      path: ['organization_owned'],
      message: 'What the organization owns is open to everyone.',
    })
    .refine(({ organization_owned, everyone_role }) => organization_owned !== true || everyone_role !== 'viewer', {
      path: ['everyone_role'],
      message: 'What the organization owns is open to everyone as editor.',
    }),
  output: z.object({ id: z.string(), visibility: z.string(), everyone_role: z.string().optional(), owner: z.string() }),
  target: ({ id }) => resource(id),
  async run(desk, target, { visibility, everyone_role = 'editor', organization_owned }) {
    const { tx, me } = desk;
    const { subject } = target;
    const givenBy = ownershipAfter(target, { visibility, everyone_role, organization_owned });
    const to = { visibility, everyoneRole: everyone_role, ...givenBy };
    const before = await stateOf(target, subject.owner_id, tx, me);
    await storeVisibility(tx, target, to);
    const also = await settle(desk, subject.id);
    return {
      outcome: { id: subject.id, kind: subject.kind },
      before,
      after: {
        visibility,
        ...(visibility === 'everyone' && { everyone_role }),
        owner: to.owner ? await ownerEmail(tx, me, to.owner) : organizationOwned,
      },
      also,
      ...(visibility === 'private' && { takes: [takingOf(target)] }),
    };
  },
  async answer(desk, { id, kind }) {
    const target = await desk.may('resource.open', { noun: 'resource', kind, id });
    if (target instanceof Problem) throw target;
    const { subject } = target;
    return { id: outside(kind, id), ...(await stateOf(target, subject.owner_id, desk.tx, desk.me)) };
  },
});

/** Taken back from the organization, or made private by someone else than its owner, it was theirs before. */
const takingOf = ({ subject, me }: Decided<'resource.publish' | 'resource.withdraw'>): Taking => ({
  event: subject.owner_id === null ? 'taken_back' : 'made_private',
  resource: subject,
  owner: [subject.owner_id ?? subject.given_by].find((owner) => owner !== me.person) ?? null,
});

const stateOf = async (
  { subject }: Decided<'resource.open' | 'resource.publish' | 'resource.withdraw'>,
  owner: string | null,
  tx: Desk['tx'],
  me: Desk['me'],
) => ({
  visibility: subject.visibility,
  ...(subject.visibility === 'everyone' && { everyone_role: subject.everyone_role }),
  owner: owner ? await ownerEmail(tx, me, owner) : organizationOwned,
});

/** Whose it is afterwards: giving it to the organization and taking it back are changes of level (OWN-1, OWN-2). */
function ownershipAfter(
  { subject, me, facts }: Decided<'resource.publish' | 'resource.withdraw'>,
  to: { visibility: string; everyone_role: string; organization_owned: boolean | undefined },
) {
  const kept = { owner: subject.owner_id, givenBy: subject.given_by };
  if (subject.owner_id !== null) return to.organization_owned ? { owner: null, givenBy: me.person } : kept;
  const narrows = subject.everyone_role === 'editor' && to.everyone_role === 'viewer';
  const lowers = to.visibility !== 'everyone' || narrows || to.organization_owned === false;
  if (!lowers) return kept;
  if (subject.given_by === null) {
    throw new Problem('permission_denied', 'Its owner left, so the organization keeps it.', {
      advice: 'It can be handed over with transfer_ownership (OWN-3).',
    });
  }
  if (to.visibility !== 'private') {
    throw new Problem('invalid_argument', '/visibility: What is taken back from the organization becomes private.', {
      pointer: '/visibility',
      advice: 'Set it to private first, then share it.',
    });
  }
  if (!isFitToOwn(subject.kind, facts)) {
    throw new Problem('permission_denied', 'Whoever takes it back is in the workspace and may create there (OWN-2).', {
      advice: 'Hand it to someone who is, with transfer_ownership.',
    });
  }
  return { owner: me.person, givenBy: null };
}

/** An owner is in the workspace by a place of their own, and has the capability of the kind there. */
const isFitToOwn = (kind: Kind, { places, switches }: Facts) =>
  capabilitiesOf(
    places.filter(({ override }) => !override),
    switches,
  ).includes(kinds[kind]);

export const transferOwnership = changing({
  name: 'transfer_ownership',
  action: 'resource.transfer',
  input: z.strictObject({
    id: Id,
    to: Words(400).describe('An email or id.'),
    keep: z.enum(['editor', 'viewer']).optional().describe('What the old owner keeps; nothing if left out.'),
  }),
  output: z.object({ id: z.string(), owner: z.string(), access: z.string().optional() }),
  target: ({ id }) => resource(id),
  async run(desk, target, { to: named, keep }) {
    const { tx, me } = desk;
    const { subject } = target;
    const to = await personNamed(desk, named);
    if (to instanceof Problem) throw to;
    if (to.id === subject.owner_id)
      throw new Problem('invalid_argument', '/to: They own it already.', { pointer: '/to' });
    await holdActive(desk, to.id);
    await fitToOwn(desk, target, to.id);
    const was = subject.owner_id ? await ownerEmail(tx, me, subject.owner_id) : organizationOwned;
    await setOwner(tx, target, to.id);
    if (subject.owner_id) await keepGrant(tx, target, subject.owner_id, keep);
    const also = await settle(desk, subject.id);
    return {
      outcome: { id: subject.id, kind: subject.kind, owner: to.email ?? to.name },
      before: { owner: was },
      after: { owner: to.email ?? to.name, ...(keep && { keeps: keep }) },
      also,
      takes: [{ event: 'transferred', resource: subject, owner: subject.owner_id }],
    };
  },
  async answer(desk, { id, kind, owner }) {
    const target = await desk.may('resource.open', { noun: 'resource', kind, id });
    return {
      id: outside(kind, id),
      owner,
      ...(!(target instanceof Problem) && { access: levelOf(target.facts) ?? 'viewer' }),
    };
  },
});

/** Only who is fit to own it is handed it (OWN-3). Nobody takes another's for themself: without override, no path leads here (EXT-10). */
async function fitToOwn({ tx, me }: Desk, { subject }: Decided<'resource.transfer'>, person: string): Promise<void> {
  const facts = await factsAbout(tx, me, person, { noun: 'resource', kind: subject.kind, id: subject.id });
  if (!isFitToOwn(subject.kind, facts)) {
    throw new Problem('invalid_argument', '/to: They are not in the workspace, or may not create such things there.', {
      pointer: '/to',
      advice: 'Name someone in the workspace who may; an admin of the workspace can change who may.',
    });
  }
}
