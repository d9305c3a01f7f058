import fc from 'fast-check';
import { CompiledQuery } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '../../src/access/decide.ts';
import { storeOf } from '../../src/storage/database.ts';
import { factsFor } from '../../src/storage/facts.ts';
import { anyLand } from '../access/land.ts';
import { rowsOf } from '../access/land-rows.ts';
import { insertRows } from '../support/rows.ts';
import { storage, superuser } from '../support/world.ts';

/** SPEC section 7 as a policy on each row: too slow to serve with (QUERIES.md), and good to compare with. */
const perRow = `
create function me() returns uuid language sql stable as $$ select nullif(current_setting('postern.person', true), '')::uuid $$;
create function mine() returns setof uuid language sql stable as $$
  select principal_id from membership where person_id = me()
  except select id from "group" where deleted_at is not null except select id from team where deleted_at is not null $$;
create policy per_row on resource as restrictive for select to postern_app using (
  current_setting('test.policy', true) is distinct from 'on' or deleted_at is null
  and (select w.deleted_at is null from workspace w where w.organization_id = resource.organization_id and w.id = workspace_id)
  and coalesce(workspace_id = any (nullif(current_setting('test.cut', true), '')::uuid[]), true)
  and (select p.status = 'active' from person p where p.organization_id = resource.organization_id and p.id = me())
  and (
    exists (
      select from access_grant g where g.organization_id = resource.organization_id and g.resource_id = resource.id and resource.visibility <> 'private'
        and coalesce(g.expires_at > statement_timestamp(), true)
        and g.principal_id in (select me() union select mine()))
    or current_setting('test.override', true) = 'on' and (
      (select p.role = 'admin' from person p where p.organization_id = resource.organization_id and p.id = me())
      or exists (select from workspace_member m where m.workspace_id = resource.workspace_id and m.person_id = me() and m.role in ('admin', 'owner'))
      or exists (select from workspace_team t where t.workspace_id = resource.workspace_id and t.role in ('admin', 'owner')
        and t.team_id in (select mine())))
    or (
      exists (select from workspace_member m where m.workspace_id = resource.workspace_id and m.person_id = me())
      or exists (select from workspace_team t where t.workspace_id = resource.workspace_id and t.team_id in (select mine()))
    ) and (
      owner_id = me()
      or visibility = 'everyone' and (
        project_id is null
        or (select p.mode = 'open' from project p where p.id = project_id)
        or exists (select from project_member m join project p on p.id = m.project_id and p.deleted_at is null where m.project_id = resource.project_id
          and m.principal_id in (select me() union select mine()))))
  )
)`;

beforeAll(async () => {
  await superuser.query(perRow);
});
// The files after it in the same worker do without.
afterAll(() => superuser.query('drop policy per_row on resource; drop function mine(), me()'));

test('in any world, an access policy on each row shows exactly what the evaluator opens (EXP-6, DEC-1)', async () => {
  let shown = 0;
  await fc.assert(
    fc.asyncProperty(anyLand, async (land) => {
      await insertRows(superuser, rowsOf(land));
      for (const key of land.credentials) {
        const entrance = { organization: land.organization, credential: key.id };
        await (await storage()).reading(entrance, async (tx) => {
          const override = key.scopes.includes('override') ? 'on' : 'off';
          const cut = key.cut ? `{${key.cut.join()}}` : '';
          const opened: string[] = [];
          for (const { id, kind } of land.resources) {
            const found = await factsFor(tx, entrance, { noun: 'resource', id, kind });
            if (!found) return;
            if (decide('resource.open', found.facts).outcome === 'allow') opened.push(id);
          }
          const ask = (text: string, values: string[] = []) =>
            storeOf(tx).executeQuery<{ id: string }>(CompiledQuery.raw(text, values));
          await ask(
            `select set_config('test.policy', 'on', true), set_config('test.override', $1, true), set_config('test.cut', $2, true)`,
            [override, cut],
          );
          const { rows } = await ask('select id from resource order by id');
          expect(rows.map(({ id }) => id)).toEqual(opened.sort());
          shown += rows.length;
        });
      }
    }),
    { numRuns: 12, interruptAfterTimeLimit: 45_000 },
  );
  expect(shown).toBeGreaterThan(100);
}, 60_000);
