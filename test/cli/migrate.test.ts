import { Client } from 'pg';
import { expect, test } from 'vitest';
import { names } from '../../src/storage/migrated.ts';
import { newId } from '../../src/terms/ids.ts';
import { bareDatabase, urlOf } from '../support/postgres.ts';
import { postern } from '../support/program.ts';

const place = await bareDatabase();
const migrated = () => postern(['migrate'], { DATABASE_URL: urlOf(place) });

test('on an empty database `postern migrate` says what it ran, and then that nothing was missing (section 15)', async () => {
  expect(await migrated()).toEqual({ code: 0, stdout: `Ran ${names.join(', ')}.\n`, stderr: '' });
  expect(await migrated()).toEqual({ code: 0, stdout: 'Nothing was missing.\n', stderr: '' });
});

test('it settles what another server had counted, where a database came from one by other means (NOT-2)', async () => {
  const [owner, organization, person] = [new Client(place), newId(), newId()];
  await owner.connect();
  await owner.query(`insert into organization (id, name) values ('${organization}', 'Acme');
    insert into person (organization_id, id, email, name, role) values ('${organization}', '${person}', 'ada@acme.test', 'Ada', 'member');
    insert into notification (organization_id, id, person_id, xid, event) values ('${organization}', '${newId()}', '${person}', '99999999999', 'shared')`);
  expect(await migrated()).toMatchObject({ code: 0 });
  const { rows } = await owner.query(
    'select xid < pg_snapshot_xmin(pg_current_snapshot()) as readable from notification',
  );
  expect(rows).toEqual([{ readable: true }]);
  await owner.end();
});
