import { randomBytes } from 'node:crypto';
import * as z from 'zod';
import {
  type DomainRow,
  type Domains,
  domainNamed,
  insertDomain,
  pageOfDomains,
  storeProof,
} from '../storage/domains.ts';
import { inside, outside } from '../terms/ids.ts';
import { Problem } from '../terms/problem.ts';
import { changing, type Desk, reading } from './operation.ts';
import { Paging, Words } from './shapes.ts';
import { lightest, roomOfAnswer } from './weight.ts';
import { workspaceCalled } from './workspaces.ts';

const Workspace = Words(200)
  .optional()
  .describe('A workspace whose custom domain it is, by name or id; else the organization’s.');

/** A host name, as name servers know it. */
const HostName = z
  .string()
  .trim()
  .toLowerCase()
  .max(253)
  .regex(
    /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/,
    'It is a name like example.com.',
  );

const Domain = z.object({
  id: z.string(),
  name: z.string(),
  proven: z.boolean(),
  proven_at: z.string().optional(),
  record: z.object({ type: z.string(), name: z.string(), value: z.string() }),
});

/** The record that proves it: whoever may set that for a name may speak for it. */
const recordOf = ({ name, proof }: Pick<DomainRow, 'name' | 'proof'>) => ({
  type: 'TXT',
  name: `_postern.${name}`,
  value: `postern-verify=${proof}`,
});

const domainShown = (it: DomainRow): z.output<typeof Domain> => ({
  id: outside('domain', it.id),
  name: it.name,
  proven: it.proven_at !== null,
  ...(it.proven_at && { proven_at: new Date(it.proven_at).toISOString() }),
  record: recordOf(it),
});

/** The organization, or the workspace that is named. */
const whose = async (desk: Desk, workspace: string | undefined) =>
  workspace === undefined ? ({ noun: 'organization' } as const) : await workspaceCalled(desk, workspace);

export const listDomains = reading({
  name: 'list_domains',
  action: ({ workspace }) => (workspace === undefined ? 'domain.list' : 'site.list'),
  actions: ['domain.list', 'site.list'],
  input: z.strictObject({ workspace: Workspace, ...Paging }),
  output: z.object({ items: z.array(Domain), next_cursor: z.string().optional() }),
  find: (desk, { workspace }) => whose(desk, workspace),
  async run(desk, target, { workspace, limit, cursor }) {
    const after = cursor === undefined ? undefined : desk.placeOf({ workspace }, cursor);
    const { items, next } = await pageOfDomains(desk.tx, target, { limit, after });
    const shown = lightest(items.map(domainShown), roomOfAnswer);
    const last = shown.length < items.length ? shown.at(-1)?.name : next;
    return { items: shown, ...(last && { next_cursor: desk.cursor({ workspace }, last) }) };
  },
});

export const claimDomain = changing({
  name: 'claim_domain',
  action: ({ workspace }) => (workspace === undefined ? 'domain.claim' : 'site.claim'),
  actions: ['domain.claim', 'site.claim'],
  input: z.strictObject({ name: HostName, workspace: Workspace }),
  output: Domain,
  find: (desk, { workspace }) => whose(desk, workspace),
  async run(desk, target, { name }) {
    const proof = randomBytes(20).toString('base64url');
    const id = await insertDomain(desk.tx, target, { name, proof });
    const it = await domainNamed(desk.tx, target, { id, text: name });
    return {
      outcome: { id: (it as DomainRow).id },
      before: null,
      after: { domain: name },
      idle: id === undefined,
    };
  },
  async answer(desk, { id }, { workspace }) {
    const target = workspace
      ? await desk.may('site.list', await workspaceCalled(desk, workspace))
      : await desk.may('domain.list', { noun: 'organization' });
    return domainNow(desk, target, id);
  },
});

async function domainNow({ tx }: Desk, target: Domains | Problem, id: string): Promise<z.output<typeof Domain>> {
  if (target instanceof Problem) throw target;
  const it = await domainNamed(tx, target, { id, text: '' });
  if (!it) throw unknown();
  return domainShown(it);
}

/** What was found in DNS under the name that was asked for. */
interface Learned {
  readonly id: string;
  readonly records: readonly string[] | 'unknown';
}

export const verifyDomain = changing({
  name: 'verify_domain',
  costly: true,
  action: ({ workspace }) => (workspace === undefined ? 'domain.change' : 'site.change'),
  actions: ['domain.change', 'site.change'],
  input: z.strictObject({ domain: Words(300).describe('Its name or id.'), workspace: Workspace }),
  output: Domain,
  find: (desk, { workspace }) => whose(desk, workspace),
  inquiry: {
    async question({ tx }, target, { domain }) {
      const it = await domainNamed(tx, target, named(domain));
      if (!it) throw unknown();
      return { id: it.id, name: recordOf(it).name };
    },
    async put({ txt }, { id, name }: { readonly id: string; readonly name: string }): Promise<Learned> {
      return { id, records: await txt(name).catch(() => 'unknown' as const) };
    },
  },
  async run({ tx, learned }, target, { domain }) {
    const it = await domainNamed(tx, target, named(domain));
    if (!it) throw unknown();
    const { records } = (learned ?? { records: 'unknown' }) as Learned;
    if (records === 'unknown')
      throw new Problem('conflict', 'The name servers do not answer just now; nothing has changed.', {
        advice: 'Call again in a while.',
      });
    const isProven = records.includes(recordOf(it).value);
    await storeProof(tx, target, it.id, isProven);
    if (!isProven && it.proven_at === null) throw unproven(it);
    return {
      outcome: { id: it.id },
      before: { domain: it.name, proven: it.proven_at !== null },
      after: { domain: it.name, proven: isProven },
      idle: isProven === (it.proven_at !== null),
    };
  },
  async answer(desk, { id }, { workspace }) {
    const target = workspace
      ? await desk.may('site.change', await workspaceCalled(desk, workspace))
      : await desk.may('domain.change', { noun: 'organization' });
    return domainNow(desk, target, id);
  },
});

const named = (domain: string) => ({ id: inside('domain', domain), text: domain.trim() });

const unknown = () =>
  new Problem('not_found', 'No domain of this name or id is there for you.', { advice: 'list_domains shows them.' });

const unproven = (it: DomainRow) => {
  const { name, value } = recordOf(it);
  return new Problem('conflict', `DNS has no TXT record at ${name} that says so, and nothing is served under it.`, {
    current: { record: recordOf(it) },
    advice: `Set a TXT record at ${name} to ${value}, wait until it is known, then call again.`,
  });
};
