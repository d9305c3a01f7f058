import * as z from 'zod';
import { capabilitiesOf } from '../access/capabilities.ts';
import { decide, type Facts, levelOf, type Path } from '../access/decide.ts';
import { type Action, policy } from '../access/policy.ts';
import { audienceOf } from '../storage/audience.ts';
import type { Decided } from '../storage/decided.ts';
import { factsAbout } from '../storage/facts.ts';
import { grantsOn } from '../storage/grants.ts';
import { ownerEmail } from '../storage/people.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import { type Asking, type Desk, reading } from './operation.ts';
import { Id, organizationOwned, Paging } from './shapes.ts';
import { resource } from './sharing.ts';

/** What a private group is called where the reader is not in it (GRP-7). */
const privateGroup = 'a private group';

export const getAccess = reading({
  name: 'get_access',
  action: 'resource.audience',
  input: z.strictObject({ id: Id, ...Paging }),
  output: z.object({
    id: z.string(),
    visibility: z.string(),
    everyone_role: z.string().optional(),
    owner: z.string(),
    grants: z
      .array(
        z.object({
          with: z.string().optional(),
          name: z.string(),
          role: z.string(),
          expires_at: z.string().optional(),
          by: z.string().optional(),
        }),
      )
      .optional(),
    people: z.array(z.object({ person: z.string(), access: z.string(), via: z.array(z.string()) })),
    next_cursor: z.string().optional(),
  }),
  target: ({ id }) => resource(id),
  async run(desk, target, { limit, cursor }) {
    const { subject } = target;
    const after = cursor === undefined ? undefined : desk.placeOf(subject.id, cursor);
    const grants = await grantsOn(desk.tx, target);
    const hidden = new Set(grants.filter((it) => it.hidden).map(({ principal_id }) => principal_id));
    const { items, next } = await audienceOf(desk.tx, desk.me, subject, { limit, after });
    return {
      id: outside(subject.kind, subject.id),
      visibility: subject.visibility,
      ...(subject.visibility === 'everyone' && { everyone_role: subject.everyone_role }),
      owner: subject.owner_id ? await ownerEmail(desk.tx, desk.me, subject.owner_id) : organizationOwned,
      ...(after === undefined && {
        grants: grants.slice(0, 50).map((it) => ({
          ...(!it.hidden && { with: outside(it.principal, it.principal_id) }),
          name: it.hidden ? privateGroup : it.name,
          role: it.level,
          ...(it.expires_at && { expires_at: new Date(it.expires_at).toISOString() }),
          ...(it.given_by && { by: it.given_by }),
        })),
      }),
      people: items.map(({ email, facts }) => ({
        person: email,
        access: levelOf(facts) ?? 'viewer',
        via: viasOf(facts, hidden),
      })),
      ...(next && { next_cursor: desk.cursor(subject.id, next) }),
    };
  },
});

const isHidden = ({ through }: Through, hidden: ReadonlySet<string>) => through != null && hidden.has(through);
type Through = Path & { readonly through?: string | null; readonly until?: string | null };

const viaShown = (path: Path, hidden: ReadonlySet<string>) => (isHidden(path, hidden) ? privateGroup : path.via);

const viasOf = ({ paths }: Facts, hidden: ReadonlySet<string>) => [
  ...new Set(paths.filter(({ noun }) => noun === 'resource').map((path) => viaShown(path, hidden))),
];

const isSelf = (person: string | undefined, { id, email }: Asking) =>
  person === undefined ||
  ['me', email.toLowerCase(), outside('person', id)].includes(
    person
      .replace(/^person:/, '')
      .trim()
      .toLowerCase(),
  );

/** What can be explained: every action on a resource. */
const actions = (Object.keys(policy) as Action[]).filter((action) => policy[action].on === 'resource');

export const explainAccess = reading({
  name: 'explain_access',
  action: ({ person }, me) => (isSelf(person, me) ? 'resource.explain' : 'resource.audience'),
  actions: ['resource.explain', 'resource.audience'],
  input: z.strictObject({
    id: Id,
    person: z
      .string()
      .max(400)
      .optional()
      .describe('An email or id; you, if left out. Asking about others takes owner.'),
  }),
  output: z.object({
    id: z.string(),
    person: z.string(),
    access: z.string(),
    because: z.string(),
    paths: z.array(
      z.object({
        access: z.string(),
        via: z.string(),
        rule: z.string(),
        expires_at: z.string().optional(),
        needs_scope: z.string().optional(),
      }),
    ),
    capabilities: z.array(z.string()),
    can: z.array(z.string()),
    cannot: z.array(z.object({ action: z.string(), because: z.string() })),
  }),
  target: ({ id }) => resource(id),
  async run(desk, target, { person }) {
    const { subject } = target;
    const about = await asked(desk, target, person);
    const hidden = await hiddenFrom(desk, about.self, target);
    const decisions = actions.map((action) => ({
      action: action.replace('resource.', ''),
      ...decide(action, about.facts),
    }));
    const level = levelOf(about.facts);
    return {
      id: outside(subject.kind, subject.id),
      person: about.email,
      access: level ?? 'none',
      because: becauseOf(about.facts, level, subject.visibility),
      paths: about.facts.paths
        .filter(({ noun }) => noun === 'resource')
        .map((path) => pathShown(path, hidden, about.self && !about.facts.override)),
      capabilities: [...about.capabilities],
      can: decisions.filter(({ outcome }) => outcome === 'allow').map(({ action }) => action),
      cannot: decisions.filter(({ outcome }) => outcome === 'deny').map(({ action, because }) => ({ action, because })),
    };
  },
});

interface About {
  readonly self: boolean;
  readonly email: string;
  readonly facts: Facts;
  readonly capabilities: readonly string[];
}

async function asked(
  desk: Desk,
  target: Decided<'resource.explain' | 'resource.audience'>,
  person: string | undefined,
): Promise<About> {
  if (target.action === 'resource.explain')
    return { self: true, email: desk.me.email, facts: target.facts, capabilities: able(target.facts) };
  const someone = await personNamed(desk, person ?? '');
  if (someone instanceof Problem) throw someone;
  const facts = await factsAbout(desk.tx, desk.me, someone.id, {
    noun: 'resource',
    kind: target.subject.kind,
    id: target.subject.id,
  });
  return { self: false, email: someone.email ?? someone.name, facts, capabilities: able(facts) };
}

const able = (facts: Facts) =>
  capabilitiesOf(
    facts.places.filter((place) => facts.override || !place.override),
    facts.switches,
  );

/** The groups that the reader may not know by name; of one's own paths, none. */
async function hiddenFrom(
  desk: Desk,
  self: boolean,
  { subject }: Decided<'resource.explain' | 'resource.audience'>,
): Promise<ReadonlySet<string>> {
  if (self) return new Set();
  const owner = await desk.may('resource.audience', { noun: 'resource', kind: subject.kind, id: subject.id });
  if (owner instanceof Problem) throw owner;
  return new Set((await grantsOn(desk.tx, owner)).filter((it) => it.hidden).map(({ principal_id }) => principal_id));
}

function pathShown(path: Through, hidden: ReadonlySet<string>, needsScope: boolean) {
  return {
    access: path.rung,
    via: viaShown(path, hidden),
    rule: path.rule,
    ...(path.until && { expires_at: new Date(path.until).toISOString() }),
    ...(path.override && needsScope && { needs_scope: 'override' }),
  };
}

/** One sentence on the outcome; what is missing, where something is. */
function becauseOf({ places, paths, override }: Facts, level: string | undefined, visibility: string): string {
  const counted = paths.filter((path) => path.noun === 'resource' && (override || !path.override));
  if (level) {
    const capped = level === 'viewer' && counted.some(({ rung }) => rung === 'editor');
    return capped
      ? 'A path gives editor, but without the capability of this kind in the workspace it is read only (DEC-3).'
      : 'The highest of all paths counts (DEC-1).';
  }
  if (!places.some((place) => !place.override))
    return 'They are not in the workspace, and no grant names them or a group or team of theirs (DEC-2).';
  if (visibility === 'private') return 'It is private: only its owner opens it (VIS-1).';
  return visibility === 'shared'
    ? 'No grant that holds now names them or a group or team of theirs (GRP-4).'
    : 'It is in a restricted project that they are not in (WS-7).';
}
