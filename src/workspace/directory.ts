import * as z from 'zod';
import type { Place } from '../access/capabilities.ts';
import {
  findPrincipals,
  type Principal,
  type PrincipalType,
  placeAfter,
  principalsNamed,
} from '../storage/directory.ts';
import { inside, outside } from '../terms/ids.ts';
import { highest } from '../terms/ladders.ts';
import { Problem } from '../terms/problem.ts';
import { cleanText } from '../terms/text.ts';
import { type Desk, reading } from './operation.ts';
import { Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { standingsOf } from './workspaces.ts';

/** Whom to share with, as callers write it. */
export const With = z
  .string()
  .max(400)
  .transform(cleanText)
  .pipe(
    z
      .string()
      .regex(/^(person|group|team):./, 'It is person:EMAIL, group:NAME or team:NAME, or an id after the colon.'),
  )
  .describe('person:EMAIL, group:NAME or team:NAME; an id goes too.');

/** The one that `with` names, of those that the caller finds; unknown and unseen answer alike (DIR-1). */
export async function principalNamed(desk: Desk, named: string): Promise<Principal> {
  const colon = named.indexOf(':');
  const found = await resolve(desk, named.slice(0, colon) as PrincipalType, named.slice(colon + 1).trim());
  if (found instanceof Problem) throw found;
  return found;
}

/** The group or team that a name or id means, of those that the caller finds; one that is not there has no id. */
export async function circleNamed<N extends 'group' | 'team'>(desk: Desk, noun: N, named: string) {
  const id = inside(noun, named);
  const found = id ? { id } : await resolve(desk, noun, named.trim());
  if (found instanceof Problem && found.code !== 'not_found') throw found;
  return { noun, id: found instanceof Problem ? undefined : found.id };
}

/** The person with this email or id, if the caller finds them. */
export const personNamed = (desk: Desk, named: string) => resolve(desk, 'person', named.replace(/^person:/, '').trim());

async function resolve({ tx, me }: Desk, type: PrincipalType, text: string): Promise<Principal | Problem> {
  const found = await principalsNamed(tx, me, type, { id: inside(type, text), text });
  const [first] = found;
  if (first && found.length === 1) return first;
  if (!first)
    return new Problem('not_found', `You find no ${type} of that name.`, {
      advice: 'search_directory shows whom you find.',
    });
  return new Problem('ambiguous_principal', `More than one ${type} has that name.`, {
    candidates: found.slice(0, 5).map(({ id, name }) => ({ id: outside(type, id), name })),
  });
}

const types = ['person', 'group', 'team'] as const;

export const searchDirectory = reading({
  name: 'search_directory',
  costly: true,
  action: 'directory.search',
  input: z.strictObject({
    query: Words(200).default('').describe('Part of a name or email.'),
    type: z.enum(types).optional(),
    ...Paging,
  }),
  output: z.object({
    items: z.array(
      z.object({
        type: z.string(),
        id: z.string(),
        name: z.string(),
        email: z.string().optional(),
        role: z.string().optional(),
      }),
    ),
    next_cursor: z.string().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk, _organization, { query, type, limit, cursor }) {
    const asked = { query, type };
    const after = cursor === undefined ? undefined : (JSON.parse(desk.placeOf(asked, cursor)) as [string, string]);
    const { items, next } = await findPrincipals(desk.tx, desk.me, {
      text: query,
      types: type ? [type] : types,
      limit,
      after,
    });
    const fitting = lightest(items.map(shownOf), roomOfAnswer);
    const last = fitting.length < items.length ? placeAfter(items[fitting.length - 1] as Principal) : next;
    return {
      items: fitting,
      ...(last && { next_cursor: desk.cursor(asked, last) }),
    };
  },
});

const shownOf = ({ type, id, name, email, role }: Principal) => ({
  type,
  id: outside(type, id),
  name,
  ...(email && { email }),
  ...(role && { role }),
});

export const whoami = reading({
  name: 'whoami',
  action: 'self.see',
  input: z.strictObject({}),
  output: z.object({
    person: z.object({ id: z.string(), email: z.string(), name: z.string(), role: z.string() }),
    key: z.object({ name: z.string(), scopes: z.array(z.string()), expires_at: z.string().optional() }),
    organization: z.string(),
    workspaces: z.array(
      z.object({ id: z.string(), name: z.string(), role: z.string(), capabilities: z.array(z.string()) }),
    ),
    more_workspaces: z.int().optional(),
  }),
  target: () => ({ noun: 'organization' }) as const,
  async run(desk) {
    const { me } = desk;
    const all = await standingsOf(desk);
    const workspaces = all.map(({ workspace, name, places, capabilities }) => ({
      id: outside('workspace', workspace),
      name,
      role: highestRole(places),
      capabilities: [...capabilities],
    }));
    const shown = lightest(workspaces.slice(0, 20), roomOfWorkspaces);
    return {
      person: { id: outside('person', me.person), email: me.email, name: me.name, role: me.role },
      key: {
        name: me.credentialName,
        scopes: [...me.scopes],
        ...(me.expiresAt && { expires_at: new Date(me.expiresAt).toISOString() }),
      },
      organization: outside('organization', me.organization),
      workspaces: shown,
      ...(all.length > shown.length && { more_workspaces: all.length - shown.length }),
    };
  },
});

/** Estimated tokens. */
const roomOfWorkspaces = 5_000;

const highestRole = (places: readonly Place[]) =>
  highest(
    'workspace',
    places.map(({ role }) => role),
  ) ?? 'viewer';
