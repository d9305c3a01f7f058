import * as z from 'zod';
import type { Decided } from '../storage/decided.ts';
import { factsAbout } from '../storage/facts.ts';
import { type Grant, grant, grantTo, hiddenPrincipals, personGranted, ungrant } from '../storage/grants.ts';
import { inside, outside } from '../terms/ids.ts';
import { reaches } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { principalNamed, With } from './directory.ts';
import { type Asking, changing, type Desk } from './operation.ts';
import { holdActive } from './people.ts';
import { settle } from './settling.ts';
import { Id, namedBy, text } from './shapes.ts';
import { unnamed, viasOf } from './vias.ts';

/** A resource of any kind by its id, URI or link (OWN-4). */
export const resource = (id: string) => ({ noun: 'resource', ...namedBy(id) }) as const;

/** When a grant ends: an instant still to come (DEC-4). */
export const End = z.iso
  .datetime({ offset: true, error: 'It is a time like 2027-01-31T00:00:00Z.' })
  .describe('When it ends.');

const GrantShown = z.object({
  with: z.string(),
  name: z.string(),
  role: z.string(),
  expires_at: z.string().optional(),
});

export const shareResource = changing({
  name: 'share_resource',
  action: 'resource.share',
  input: z.strictObject({
    id: Id,
    with: With,
    role: z.enum(['viewer', 'editor']),
    expires_at: End.optional(),
    message: text(1000).optional().describe('Kept with the grant in the log.'),
  }),
  output: z.object({ id: z.string(), visibility: z.string(), granted: GrantShown }),
  target: ({ id }) => resource(id),
  touched: async (desk, _target, { with: named }) => ({ principals: [(await principalNamed(desk, named)).id] }),
  async run(desk, target, { with: named, role, expires_at, message }) {
    const to = await principalNamed(desk, named);
    if (to.type === 'person') await holdActive(desk, to.id);
    if (to.id === target.subject.owner_id) await refuseOwner(desk, target, to.id);
    const wanted: Grant = {
      principal: to.type,
      principal_id: to.id,
      level: role,
      expires_at: endOf(expires_at, desk.now),
    };
    const had = await grantTo(desk.tx, target, to.id);
    const kept = had && holdsAlready(had, wanted) ? had : undefined;
    if (!kept && had && lowers(had, wanted))
      throw wouldLower('Share without an end or with a later one, or unshare_resource first.');
    if (!kept) await grant(desk.tx, target, wanted);
    const also = await settle(desk, target.subject.id);
    const shown = grantShown(to.type, to.id, to.email ?? to.name, kept ?? wanted);
    return {
      outcome: { id: target.subject.id, kind: target.subject.kind, granted: shown },
      before: had ? grantShown(to.type, to.id, to.email ?? to.name, had) : null,
      after: { ...shown, ...(message && { message }) },
      also,
    };
  },
  async answer(desk, { id, kind, granted }) {
    const target = await desk.may('resource.open', { noun: 'resource', kind, id });
    if (target instanceof Problem) throw target;
    return { id: outside(kind, id), visibility: target.subject.visibility, granted };
  },
});

/** Whoever owns it has more than a grant gives, as long as ownership is a path of theirs: it ends with their place (DEC-2). */
async function refuseOwner({ tx, me }: Desk, { subject }: Decided<'resource.share'>, owner: string): Promise<void> {
  const { paths } = await factsAbout(tx, me, owner, { noun: 'resource', kind: subject.kind, id: subject.id });
  if (!paths.some(({ noun, via }) => noun === 'resource' && via === 'owner')) return;
  throw new Problem('already_has_access', 'They own it, which is more than sharing gives.', {
    advice: 'Share it with someone else; get_access shows who has access.',
  });
}

export function endOf(text: string | undefined, now: Date): Date | null {
  if (text === undefined) return null;
  const end = new Date(text);
  if (end <= now)
    throw new Problem('invalid_argument', '/expires_at: It lies in the past.', { pointer: '/expires_at' });
  return end;
}

export const isSooner = (a: Date | null, b: Date | null) => a !== null && (b === null || new Date(a) < new Date(b));

/** Sharing again never lowers (section 14): what is there already, as high and as long, stays. */
export const holdsAlready = (had: Grant, wanted: Grant) =>
  reaches('resource', had.level, wanted.level) && !isSooner(had.expires_at, wanted.expires_at);

/** Whether what is there already is higher, or lasts longer. */
export const lowers = (had: Grant, wanted: Grant) =>
  !reaches('resource', wanted.level, had.level) || isSooner(wanted.expires_at, had.expires_at);

export const wouldLower = (advice: string) =>
  new Problem('conflict', 'They hold a grant that is higher or lasts longer, and giving one again never takes away.', {
    advice,
  });

export const endShown = (end: Date | string | null) => (end ? { expires_at: new Date(end).toISOString() } : {});

const grantShown = (type: 'person' | 'group' | 'team', id: string, name: string, { level, expires_at }: Grant) => ({
  with: outside(type, id),
  name,
  role: level,
  ...endShown(expires_at),
});

/** Whether `with` names whoever asks, told by the call alone. */
const isMe = (named: string, { id, email }: Asking) =>
  [email.toLowerCase(), outside('person', id)].includes(
    named
      .replace(/^person:/, '')
      .trim()
      .toLowerCase(),
  );

/** What stands for a private group or locked team where the reader may not know it, so that they can take its grant back (GRP-7). */
export const handleOf = (
  desk: Desk,
  resource: string,
  { principal, principal_id }: Pick<Grant, 'principal' | 'principal_id'>,
) => `${principal}:~${desk.handle(`${resource}/${principal}`, principal_id)}`;

function behindHandle(desk: Desk, { subject }: Decided<'resource.unshare' | 'resource.drop'>, named: string) {
  const [, type, handle = ''] = /^(group|team):~(.+)$/.exec(named) ?? [];
  const id = type && desk.behind(`${subject.id}/${type}`, handle);
  return id ? { type: type as 'group' | 'team', id, name: unnamed(type), email: null, hidden: true } : undefined;
}

/** Whom get_access names can be taken out, also where the directory shows them no more: a guest who left, someone suspended. */
async function granted(desk: Desk, target: Parameters<typeof personGranted>[1], named: string) {
  if (!named.startsWith('person:')) return undefined;
  const text = named.slice('person:'.length).trim();
  const found = await personGranted(desk.tx, target, { id: inside('person', text), text });
  return found && { ...found, type: 'person' as const, name: found.email };
}

export const unshareResource = changing({
  name: 'unshare_resource',
  action: ({ with: named }, me) =>
    named.startsWith('person:') && isMe(named, me) ? 'resource.drop' : 'resource.unshare',
  actions: ['resource.unshare', 'resource.drop'],
  input: z.strictObject({ id: Id, with: With }),
  output: z.object({ id: z.string(), removed: z.boolean(), still: z.array(z.string()).optional() }),
  target: ({ id }) => resource(id),
  async run(desk, target, { with: named }) {
    const hidden = behindHandle(desk, target, named);
    const to = hidden ?? (await granted(desk, target, named)) ?? (await principalNamed(desk, named));
    const had = await ungrant(desk.tx, target, to.id);
    const shown = had
      ? { ...grantShown(to.type, to.id, to.email ?? to.name, had), ...(hidden && { with: hidden.name }) }
      : null;
    return {
      outcome: {
        id: target.subject.id,
        kind: target.subject.kind,
        removed: had !== undefined,
        of: to.type === 'person' ? to.id : null,
      },
      before: shown,
      after: null,
    };
  },
  async answer(desk, { id, kind, removed, of }) {
    const target = of === null ? undefined : await desk.may('resource.audience', { noun: 'resource', kind, id });
    const still =
      target && !(target instanceof Problem) && of
        ? viasOf(
            await factsAbout(desk.tx, desk.me, of, { noun: 'resource', kind, id }),
            await hiddenPrincipals(desk.tx, target),
          )
        : [];
    return { id: outside(kind, id), removed, ...(still.length && { still }) };
  },
});
