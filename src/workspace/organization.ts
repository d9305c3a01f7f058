import * as z from 'zod';
import { countsOf, organizationOf, ssoOf, storeOrganization } from '../storage/organizations.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { DescribedShown, describedShown, difference, Redescribed, redescribed } from './described.ts';
import { changing, type Desk, reading } from './operation.ts';

const Organization = z.object({
  id: z.string(),
  ...DescribedShown,
  role: z.string(),
  counts: z.record(z.string(), z.int()).optional(),
  sso: z
    .object({ protocol: z.string(), issuer: z.string(), client_id: z.string().optional(), required: z.boolean() })
    .nullable()
    .optional(),
});

/** As the caller sees it: how many there are, and how people sign in, is for its admins (ORG-2, ORG-6). */
async function organizationShown(desk: Desk): Promise<z.output<typeof Organization>> {
  const { tx, me } = desk;
  const it = await organizationOf(tx, me);
  const details = await desk.may('member.details', { noun: 'organization' });
  const sso = await desk.may('organization.sso', { noun: 'organization' });
  return {
    id: outside('organization', it.id),
    ...describedShown(it),
    role: me.role,
    ...(!(details instanceof Problem) && { counts: await countsOf(tx, details) }),
    ...(!(sso instanceof Problem) && { sso: await signOn(desk, sso) }),
  };
}

async function signOn({ tx }: Desk, seeing: Parameters<typeof ssoOf>[1]) {
  const found = await ssoOf(tx, seeing);
  if (!found) return null;
  const { client_id, ...rest } = found;
  return { ...rest, ...(client_id && { client_id }) };
}

export const getOrganization = reading({
  name: 'get_organization',
  action: 'organization.see',
  input: z.strictObject({}),
  output: Organization,
  target: () => ({ noun: 'organization' }) as const,
  run: organizationShown,
});

export const updateOrganization = changing({
  name: 'update_organization',
  action: 'organization.edit',
  input: z.strictObject(Redescribed),
  output: Organization,
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx, me }, target, wish) {
    const { name, description, avatar } = await organizationOf(tx, me);
    const is = { name, description, avatar };
    const to = redescribed(is, wish);
    await storeOrganization(tx, target, to);
    const changed = difference(is, to);
    return { outcome: {}, ...changed, idle: Object.keys(changed.after).length === 0 };
  },
  answer: organizationShown,
});
