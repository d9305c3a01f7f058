import { describe, expect, test } from 'vitest';
import { endIsThere, headsOfLog } from '../../src/storage/verification.ts';
import { newId } from '../../src/terms/ids.ts';
import { served } from '../support/world.ts';
import { asKeeper, client, here, seal, tamper, verdict, write, write12 } from './sealed.ts';

const nth = (n: number) => `(select activity_id from seal where organization_id = $org and number = ${n})`;

describe('audit verify finds (ACT-3)', () => {
  test.each<[string, string[], string, number]>([
    ['a changed action', [`update activity set action = 'self.see' where id = ${nth(5)}`], 'changed', 5],
    ['a changed person', [`update activity set person_id = null where id = ${nth(5)}`], 'changed', 5],
    ['a changed time', [`update activity set at = at - interval '1 microsecond' where id = ${nth(5)}`], 'changed', 5],
    ['a changed detail', [`update activity set after = '{"name": "Other"}' where id = ${nth(5)}`], 'changed', 5],
    ['an entry that was taken out', [`delete from activity where id = ${nth(7)}`], 'missing', 7],
    ['the last entry taken out', [`delete from activity where id = ${nth(12)}`], 'missing', 12],
    [
      'the first entry and its seal taken out',
      [`delete from activity where id = ${nth(1)}`, 'delete from seal where organization_id = $org and number = 1'],
      'seal_missing',
      1,
    ],
    [
      'an entry and its seal taken out',
      [`delete from activity where id = ${nth(6)}`, 'delete from seal where organization_id = $org and number = 6'],
      'seal_missing',
      6,
    ],
    [
      'two entries in each other’s place',
      [
        `with one as (select action from activity where id = ${nth(3)}), two as (select action from activity where id = ${nth(4)})
         update activity set action = case id when ${nth(3)} then (select action from two) else (select action from one) end where id in (${nth(3)}, ${nth(4)})`,
      ],
      'changed',
      3,
    ],
    [
      'two seals in each other’s place',
      [
        'update seal set number = -number where organization_id = $org and number in (3, 4)',
        'update seal set number = case number when -3 then 4 else 3 end where organization_id = $org and number in (-3, -4)',
      ],
      'out_of_order',
      3,
    ],
    [
      'an entry that was changed together with its own seal',
      [
        `update activity set action = 'self.see' where id = ${nth(5)}`,
        `update seal set entry = sha256('other') where organization_id = $org and number = 5`,
      ],
      'changed',
      5,
    ],
    [
      'a changed seal',
      ['update seal set digest = sha256(digest) where organization_id = $org and number = 9'],
      'out_of_order',
      9,
    ],
    ['a seal that was taken out', ['delete from seal where organization_id = $org and number = 9'], 'seal_missing', 9],
  ])('%s', async (_, statements, fault, number) => {
    const ids = await write12();
    await seal();
    await tamper(...statements);
    const it = await verdict();
    expect(it.faults).toBeGreaterThan(0);
    expect(it.first).toMatchObject({ fault, number });
    if (it.first?.entry && fault !== 'out_of_order') expect(it.first.entry).toBe(ids[number - 1]);
  });

  test('an end that was cut off, by the entries that lost their seals, by what was sealed last, or by a head noted before', async () => {
    await write12();
    await seal();
    const heads = await headsOfLog(here.connection, here.organization);
    expect(heads).toMatchObject([{ number: 12, name: 'Acme', organization: here.organization }]);
    await write('a.more');
    await seal();
    expect(await verdict(heads)).toMatchObject({ faults: 0, sealed: 13 });

    await tamper('delete from seal where organization_id = $org and number > 10');
    expect(await verdict()).toMatchObject({ first: { fault: 'unsealed' }, faults: 3 });
    await tamper(
      `delete from activity a where organization_id = $org and not exists (select from seal s where s.activity_id = a.id)`,
    );
    expect(await verdict()).toMatchObject({ faults: 0, sealed: 10 });
    expect(await endIsThere(here.connection)).toBe(false);
    expect(await verdict(heads)).toMatchObject({ first: { fault: 'cut', number: 12 } });
    // Sealed on, the end is another.
    for (let i = 0; i < 3; i++) await write('a.forged');
    await seal();
    expect(await verdict()).toMatchObject({ faults: 0, sealed: 13 });
    expect(await verdict(heads)).toMatchObject({ first: { fault: 'cut', number: 12 } });
  });

  test('an entry slipped in among sealed ones', async () => {
    await write12();
    await seal();
    const id = newId();
    await tamper(
      `insert into activity select (json_populate_record(a, json_build_object('id', '${id}'))).* from activity a where id = ${nth(2)}`,
    );
    expect(await verdict()).toMatchObject({ first: { fault: 'unsealed', entry: id }, faults: 1, sealed: 12 });
  });
});

describe('the log and its seals are only added to (ACT-3)', () => {
  const changes = [
    'update activity set because = null',
    'delete from activity',
    'truncate activity cascade',
    'update seal set digest = entry',
    'delete from seal',
    'truncate seal',
  ];
  test.each(changes)(
    'nobody may %s: not who serves, not who seals, not who owns the tables (security 29)',
    async (statement) => {
      await write12();
      await seal();
      for (const user of [served.user, 'postern_keeper']) {
        const it = await client(user);
        await expect(it.query(statement), user).rejects.toMatchObject({ code: '42501', message: /permission denied/ });
      }
      await expect(here.sql(statement)).rejects.toMatchObject({ code: '42501', message: /only added to/ });
    },
  );

  test('who serves says neither when an entry was made nor by which transaction, and seals nothing; who seals adds no entry', async () => {
    const app = await client(served.user);
    const columns = 'organization_id, id, surface, action, outcome, noun';
    const values = `'${here.organization}', '${newId()}', 'external', 'a.b', 'allow', 'organization'`;
    for (const [more, value] of [
      ['at', 'now()'],
      ['xid', `'1'`],
    ]) {
      await expect(
        app.query(`insert into activity (${columns}, ${more}) values (${values}, ${value})`),
      ).rejects.toMatchObject({ code: '42501' });
    }
    await expect(app.query('insert into seal select * from seal')).rejects.toMatchObject({ code: '42501' });
    await expect(asKeeper.query(`insert into activity (${columns}) values (${values})`)).rejects.toMatchObject({
      code: '42501',
    });
    for (const text of [
      'select * from resource',
      'select * from credential',
      'update installation set signing_key = null',
    ])
      await expect(asKeeper.query(text)).rejects.toMatchObject({ code: '42501' });
  });
});
