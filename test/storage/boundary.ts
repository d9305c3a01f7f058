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

for (const it of [here, there]) {
  await it.credential('fin');
  for (const [who, workspace] of [
    ['ada', 'growth'],
    ['fin', 'finance'],
  ] as const) {
    await it.sql(
      `insert into activity (organization_id, id, person_id, surface, action, outcome, noun, workspace_id) values ($1, $2, $3, 'external', 'resource.open', 'allow', 'resource', $4)`,
      [it.organization, newId(), it.uuid(who), it.uuid(workspace)],
    );
  }
  await it.sql('insert into confirmation (organization_id, id, credential_id) values ($1, $2, $3)', [
    it.organization,
    newId(),
    newId(),
  ]);
  await it.sql(
    `insert into idempotency (organization_id, credential_id, key, operation, digest) values ($1, $2, 'k', 'o', 'd')`,
    [it.organization, newId()],
  );
  await it.sql(
    `insert into invitation (organization_id, id, email, role, secret_hash, invited_by, expires_at) values ($1, $2, 'new@acme.test', 'member', 'h', $3, now())`,
    [it.organization, newId(), it.uuid('fin')],
  );
}

/** Whatever lies behind a boundary, by its id: another organization's, and what is in a workspace out of reach. */
export const foreign: ReadonlySet<string> = new Set([
  there.organization,
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
