import * as z from 'zod';
import { billingOf, closeOrganization, organizationOf, storeBilling } from '../storage/organizations.ts';
import { outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { difference } from './described.ts';
import { changing, type Operation, reading } from './operation.ts';
import { text } from './shapes.ts';

/**
 * What is done in the Studio, and by the operator for someone, and never with a key (section 14): it is in no tool and in no address
 * of REST.
 */

const Billing = z.object({
  plan: z.string().optional(),
  seats: z.int().optional(),
  email: z.string().optional(),
  renews_on: z.string().optional(),
});

const given = (it: object) => Object.fromEntries(Object.entries(it).filter(([, value]) => value !== null));

export const getBilling = reading({
  name: 'get_billing',
  action: 'billing.see',
  input: z.strictObject({}),
  output: Billing,
  target: () => ({ noun: 'organization' }) as const,
  run: async ({ tx }, target) => given(await billingOf(tx, target)),
});

export const setBilling = changing({
  name: 'set_billing',
  action: 'billing.change',
  input: z.strictObject({
    plan: text(100).nullable().optional(),
    seats: z.int('It is a whole number.').min(1, 'It is 1 at least.').max(1_000_000).nullable().optional(),
    email: z.email('It is no email address.').max(254).nullable().optional(),
    renews_on: z.iso.date('It is a day like 2027-01-31.').nullable().optional(),
  }),
  output: Billing,
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx }, target, wish) {
    const is = await billingOf(tx, target);
    const wanted = Object.fromEntries(Object.entries(wish).filter(([, value]) => value !== undefined));
    const to = { ...is, ...wanted };
    await storeBilling(tx, target, to);
    const changed = difference(is, to);
    return { outcome: to, ...changed, idle: Object.keys(changed.after).length === 0 };
  },
  answer: async (_desk, billing) => given(billing),
});

export const deleteOrganization = changing({
  name: 'delete_organization',
  action: 'organization.delete',
  input: z.strictObject({ name: z.string().max(400) }),
  output: z.object({ id: z.string(), name: z.string(), until: z.string() }),
  target: () => ({ noun: 'organization' }) as const,
  async run({ tx, me, now }, target, { name }) {
    const it = await organizationOf(tx, me);
    if (name !== it.name)
      throw new Problem('invalid_argument', '/name: That is not the name of the organization.', {
        pointer: '/name',
        advice: 'Type it exactly as it is.',
      });
    await closeOrganization(tx, target);
    const until = new Date(now.getTime() + daysToComeBack * 86_400_000).toISOString();
    return {
      outcome: { id: it.id, name: it.name, until: until.slice(0, 10) },
      made: { noun: 'organization', id: it.id },
      before: { name: it.name, deleted: false },
      after: { name: it.name, deleted: true },
    };
  },
  answer: async (_desk, { id, ...it }) => ({ id: outside('organization', id), ...it }),
});

/** For how long an organization can be brought back (ORG-9). */
export const daysToComeBack = 30;

/** By name, as other operations are. */
export const officeOperations = {
  get_billing: getBilling,
  set_billing: setBilling,
  delete_organization: deleteOrganization,
} as const satisfies Record<string, Operation>;
