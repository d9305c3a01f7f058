import * as z from 'zod';
import { capabilitiesOf } from '../access/capabilities.ts';
import { decide, type Facts, levelOf, type Path } from '../access/decide.ts';
import { type Action, policy } from '../access/policy.ts';
import { audienceOf } from '../storage/audience.ts';
import type { Decided } from '../storage/decided.ts';
import { factsAbout } from '../storage/facts.ts';
import { grantsOn, hiddenPrincipals, type NamedGrant } from '../storage/grants.ts';
import { ownerEmail } from '../storage/people.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { personNamed } from './directory.ts';
import { type Asking, type Desk, reading } from './operation.ts';
import { Id, organizationOwned, Paging, Words } from './shapes.ts';
import { endShown, handleOf, resource } from './sharing.ts';
import { unnamed, viaShown, viasOf } from './vias.ts';
import { lightest, roomOfAnswer, weightOf } from './weight.ts';

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
          with: z.string(),
          name: z.string(),
          role: z.string(),
          expires_at: z.string().optional(),
          by: z.string().optional(),
        }),
      )
      .optional(),
    more_grants: z.int().optional(),
    people: z.array(z.object({ person: z.string(), access: z.string(), via: z.array(z.string()) })),
    next_cursor: z.string().optional(),
  }),
  target: ({ id }) => resource(id),
  async run(desk, target, { limit, cursor }) {
    const { subject } = target;
    const after = cursor === undefined ? undefined : desk.placeOf(subject.id, cursor);
    const hidden = await hiddenPrincipals(desk.tx, target);
    const grants = after === undefined ? await grantsOn(desk.tx, target) : [];
    const shown = lightest(
      grants.map((it) => grantShown(desk, subject.id, it)),
      roomOfGrants,
    );
    const more = (grants[0]?.of ?? 0) - shown.length;
    const { items, next } = await audienceOf(desk.tx, desk.me, subject, { limit, after });
    const people = items.map(({ email, facts }) => ({
      person: email,
      access: levelOf(facts) ?? 'viewer',
      via: viasOf(facts, hidden),
    }));
    const fitting = lightest(people, roomOfAnswer - weightOf(shown) - 500);
    const last = fitting.length < people.length ? items[fitting.length - 1]?.id : next;
    return {
      id: outside(subject.kind, subject.id),
      visibility: subject.visibility,
      ...(subject.visibility === 'everyone' && { everyone_role: subject.everyone_role }),
      owner: subject.owner_id ? await ownerEmail(desk.tx, desk.me, subject.owner_id) : organizationOwned,
      ...(after === undefined && { grants: shown }),
      ...(more > 0 && { more_grants: more }),
      people: fitting,
      ...(last && { next_cursor: desk.cursor(subject.id, last) }),
    };
  },
});

/** Estimated tokens; who has access, by person, has the rest. */
const roomOfGrants = 2_500;

const grantShown = (desk: Desk, resource: string, it: NamedGrant) => ({
  with: it.hidden ? handleOf(desk, resource, it) : outside(it.principal, it.principal_id),
  name: it.hidden ? unnamed(it.principal) : it.name,
  role: it.level,
  ...endShown(it.expires_at),
  ...(it.given_by && { by: it.given_by }),
});

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
    person: Words(400).optional().describe('An email or id; you, if left out. Asking about others takes owner.'),
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
    more_paths: z.int().optional(),
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
    const paths = about.facts.paths
      .filter(({ noun }) => noun === 'resource')
      .map((path) => pathShown(path, hidden, about.self && !about.facts.override));
    const shown = lightest(paths, roomOfPaths);
    return {
      id: outside(subject.kind, subject.id),
      person: about.email,
      access: level ?? 'none',
      because: becauseOf(about.facts, level, subject.visibility),
      paths: shown,
      ...(paths.length > shown.length && { more_paths: paths.length - shown.length }),
      capabilities: [...about.capabilities],
      can: decisions.filter(({ outcome }) => outcome === 'allow').map(({ action }) => action),
      cannot: decisions.filter(({ outcome }) => outcome === 'deny').map(({ action, because }) => ({ action, because })),
    };
  },
});

/** Estimated tokens, for those who are in hundreds of groups. */
const roomOfPaths = 4_500;

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
  return hiddenPrincipals(desk.tx, owner);
}

function pathShown(path: Path, hidden: ReadonlySet<string>, needsScope: boolean) {
  return {
    access: path.rung,
    via: viaShown(path, hidden),
    rule: path.rule,
    ...endShown(path.until ?? null),
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
