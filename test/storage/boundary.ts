import { CompiledQuery } from 'kysely';
import { type Entrance, sqlState, storeOf, type Tx } from '../../src/storage/database.ts';
import { newId } from '../../src/terms/ids.ts';
import { storage, type Told, world } from '../support/world.ts';

/** Rows in every table, on this side of each boundary and on the other. */
const told: Told = {
  people: { ada: 'member', bo: 'member', fin: 'admin' },
  workspaces: { growth: { ada: 'owner', bo: 'viewer', launch: 'creator' }, finance: { fin: 'owner', vault: 'viewer' } },
  groups: { ops: ['ada'] },
  teams: { launch: ['bo'], vault: ['fin'] },
  switches: { growth: { bo: { flows_manager: true } }, finance: { fin: { flows_manager: true } } },
  projects: {
    spring: { in: 'growth', people: { ada: 'editor' } },
    ledger: { in: 'finance', people: { fin: 'editor' } },
  },
  workflows: {
    payroll: { in: 'growth', owner: 'ada', grants: { ops: 'editor' }, project: 'spring' },
    budget: { in: 'finance', owner: 'fin', grants: { fin: 'editor' }, project: 'ledger' },
  },
  requests: { asked: { by: 'bo', for: 'payroll' }, begged: { by: 'bo', for: 'budget' } },
};

/** Where ada is, with growth in reach and finance out of it. */
export const here = await world(told);
/** Another organization, in the same words. */
export const there = await world(told);
export const mine: Entrance = await here.entrance('ada');

/** Of here and of there. */
const keys: string[] = [];

/** What others were told. */
const notOurs: string[] = [];

for (const it of [here, there]) {
  keys.push((await it.credential('fin')).id);
  for (const [who, workspace] of [
    ['ada', 'growth'],
    ['fin', 'finance'],
  ] as const) {
    await it.sql(
      `insert into activity (organization_id, id, person_id, surface, action, outcome, noun, workspace_id) values ($1, $2, $3, 'external', 'resource.open', 'allow', 'resource', $4)`,
      [it.organization, newId(), it.uuid(who), it.uuid(workspace)],
    );
  }
  for (const who of ['ada', 'fin']) {
    const id = newId();
    if (it === there || who === 'fin') notOurs.push(id);
    await it.sql(
      `insert into notification (organization_id, id, person_id, event, kind, resource_id) values ($1, $2, $3, 'made_private', 'workflow', $4)`,
      [it.organization, id, it.uuid(who), it.uuid(who === 'ada' ? 'payroll' : 'budget')],
    );
  }
  for (const [workspace, resource, who] of [
    ['growth', 'payroll', 'ada'],
    ['finance', 'budget', 'fin'],
  ] as const) {
    const [organization, place, id] = [it.organization, it.uuid(workspace), it.uuid(resource)];
    await it.sql(
      `insert into integration_secret (organization_id, workspace_id, resource_id, key_id, sealed, set_by) values ($1, $2, $3, 'k', 's', $4)`,
      [organization, place, id, it.uuid(who)],
    );
    await it.sql(
      'insert into contact (organization_id, workspace_id, source_id, id, email, name) values ($1, $2, $3, $4, $5, $5)',
      [organization, place, id, newId(), `${resource}@x.test`],
    );
  }
  await it.sql(
    `insert into seal (organization_id, number, activity_id, entry, digest) select organization_id, 1, id, 'e', 'd' from activity where organization_id = $1 limit 1`,
    [it.organization],
  );
  await it.sql('insert into confirmation (organization_id, id, credential_id) values ($1, $2, $3)', [
    it.organization,
    newId(),
    newId(),
  ]);
  await it.sql(
    `insert into idempotency (organization_id, credential_id, key, operation, digest) values ($1, $2, 'k', 'o', 'd')`,
    [it.organization, newId()],
  );
  const letter = newId();
  if (it === there) notOurs.push(letter);
  await it.sql(
    `insert into invitation (organization_id, id, email, role, secret_hash, invited_by, expires_at) values ($1, $2, 'new@acme.test', 'member', 'h', $3, now())`,
    [it.organization, letter, it.uuid('fin')],
  );
  for (const workspace of [null, 'growth', 'finance']) {
    const id = newId();
    if (it === there || workspace === 'finance') notOurs.push(id);
    await it.sql(
      'insert into domain (organization_id, id, workspace_id, name, proof, claimed_by) values ($1, $2, $3, $4, $4, $5)',
      [it.organization, id, workspace && it.uuid(workspace), `${workspace ?? 'acme'}.example`, it.uuid('fin')],
    );
  }
  await it.sql(`insert into sso (organization_id, protocol, issuer) values ($1, 'oidc', 'https://id.test')`, [
    it.organization,
  ]);
  await it.sql(`insert into billing (organization_id, plan) values ($1, 'team')`, [it.organization]);
}

/** Whatever lies behind a boundary, by its id: another organization's, and what is in a workspace out of reach. */
export const foreign: ReadonlySet<string> = new Set([
  there.organization,
  ...notOurs,
  ...keys.slice(1),
  ...[
    'ada',
    'bo',
    'fin',
    'growth',
    'finance',
    'ops',
    'launch',
    'vault',
    'spring',
    'ledger',
    'payroll',
    'budget',
    'asked',
    'begged',
  ].map(there.uuid),
  ...['ledger', 'budget', 'begged'].map(here.uuid),
]);

export const ask = (tx: Tx, text: string, values: unknown[] = []) =>
  storeOf(tx)
    .executeQuery<Record<string, unknown>>(CompiledQuery.raw(text, values))
    .then(({ rows }) => rows);

/** Tries something as ada and takes it back; answers the SQLSTATE by which it was refused, if it was. */
export async function refusal(work: (tx: Tx) => Promise<unknown>): Promise<string | undefined> {
  const undone = new Error('undone');
  try {
    await (await storage()).writing(mine, async (tx) => {
      await work(tx);
      throw undone;
    });
  } catch (thrown) {
    if (thrown === undone) return undefined;
    return sqlState(thrown) ?? Promise.reject(thrown);
  }
}
