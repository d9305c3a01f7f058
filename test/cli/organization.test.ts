import { Client } from 'pg';
import { beforeAll, expect, test } from 'vitest';
import { urlOf, workersDatabase } from '../support/postgres.ts';
import { postern, refused, server, signedIn } from '../support/program.ts';

const everyTool = '?toolsets=people,organization';
const place = await workersDatabase();
const settings = { DATABASE_URL: urlOf(place) };
let address: string;
let key: string;

const run = (words: string, input = '') => postern(words.split(' '), settings, input);
const operator = async (words: string, input = '') => {
  const { code, stdout, stderr } = await run(words, input);
  expect({ code, stderr }).toMatchObject({ code: 0 });
  return stdout;
};
const keyFor = async (email: string) =>
  (await operator(`key create --person ${email} --name k --scopes read,admin`)).trim();

/** Someone else comes in: invited with the key of the first admin, let in by the operator. */
async function enter(email: string, role: string) {
  const ida = await signedIn(address, key, everyTool);
  const wish = { emails: [email], role };
  const first = await ida.call('invite_members', wish);
  const { outcomes } = first.confirm ? await ida.call('invite_members', { ...wish, confirm: first.confirm }) : first;
  await ida.close();
  return outcomes[0].link as string;
}

beforeAll(async () => {
  ({ address } = await server([], settings));
  await operator('init --organization Initech --admin ida@initech.test --workspace Main');
  key = await keyFor('ida@initech.test');
});

test('an invitation is accepted once by the operator, who names whoever comes in (ORG-4, 004-9)', async () => {
  const link = await enter('max@initech.test', 'member');
  expect(link).toMatch(new RegExp(`^${address}/join#invite_[0-9a-z]{84}$`));
  expect(await operator(`invitation accept ${link} --name Max`)).toMatch(
    /^max@initech\.test \(per_.*\) is in, as member\./,
  );
  expect(await run(`invitation accept ${link} --name Max`)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('This invitation opens nothing'),
  });
  const max = await signedIn(address, await keyFor('max@initech.test'), everyTool);
  expect(await max.call('get_organization')).toMatchObject({ name: 'Initech', role: 'member' });
  await max.close();
});

test('billing is seen and changed in the name of an admin; for members and guests there is none (ORG-7, 003-12, 003-15)', async () => {
  await operator(`invitation accept ${await enter('gus@initech.test', 'guest')} --name Gus`);
  expect(JSON.parse(await operator('billing show --as ida@initech.test'))).toEqual({});
  const set = 'billing set --as ida@initech.test --plan team --seats 12 --email pay@initech.test --renews 2027-01-31';
  const billing = { plan: 'team', seats: 12, email: 'pay@initech.test', renews_on: '2027-01-31' };
  expect(JSON.parse(await operator(set))).toEqual(billing);
  expect(JSON.parse(await operator('billing set --as ida@initech.test --seats 13'))).toEqual({ ...billing, seats: 13 });
  expect(JSON.parse(await operator('billing show --as ida@initech.test'))).toEqual({ ...billing, seats: 13 });
  const said = [];
  for (const who of ['max', 'gus'])
    for (const words of [`billing show --as ${who}@initech.test`, `billing set --as ${who}@initech.test --plan free`])
      said.push(await refused(words.split(' '), settings));
  expect(new Set(said.map((it) => JSON.stringify(it))).size).toBe(1);
  expect(said[0]).toEqual({ code: 1, says: 'No organization with this id is there for you. Check the id.\n' });
  expect(await refused('billing set --as ida@initech.test --seats none'.split(' '), settings)).toEqual({
    code: 1,
    says: expect.stringContaining('/seats'),
  });
});

test('what is done in someone’s name is logged as theirs, by the operator’s way in, and its key ends with it (EXT-4, ACT-1)', async () => {
  const client = new Client(place);
  await client.connect();
  const { rows } =
    await client.query(`select a.surface, p.email, a.after::text from activity a join person p on p.id = a.person_id
    where action = 'billing.change' and outcome = 'allow' order by a.at`);
  const keys = await client.query(
    `select count(*)::int as n from credential where name = 'postern billing' and (expires_at is null or expires_at > now())`,
  );
  await client.end();
  expect(rows.map(({ surface, email }) => `${surface} ${email}`)).toEqual([
    'operator ida@initech.test',
    'operator ida@initech.test',
  ]);
  expect(JSON.parse(rows[1].after)).toEqual({ seats: 13 });
  expect(keys.rows).toEqual([{ n: 0 }]);
});

test('an organization is deleted by who made it, after its name is typed, closes at once, and comes back (ORG-9, 003-9)', async () => {
  await operator(`invitation accept ${await enter('amy@initech.test', 'admin')} --name Amy`);
  expect(await run('organization delete --as max@initech.test', 'Initech\n')).toMatchObject({ code: 1 });
  expect(await run('organization delete --as amy@initech.test', 'Initech\n')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Whoever made the organization deletes it'),
  });
  expect(await run('organization delete --as ida@initech.test', 'initech\n')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('not the name of the organization'),
  });
  const ida = await signedIn(address, key, everyTool);
  expect(await ida.call('get_organization')).toMatchObject({ name: 'Initech' });
  expect(await operator('organization delete --as ida@initech.test', 'Initech\n')).toMatch(
    /^Initech \(org_.*\) is closed\. Until \d{4}-/,
  );
  await expect(ida.call('get_organization')).rejects.toThrow(/401|ended/);
  await ida.close().catch(() => {});
  expect(await run('billing show --as ida@initech.test')).toMatchObject({ code: 1 });
  expect(await operator('organization restore Initech')).toMatch(/is open again/);
  const again = await signedIn(address, key, everyTool);
  expect(await again.call('get_organization')).toMatchObject({ name: 'Initech' });
  await again.close();
  expect(await run('organization restore Initech')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('30 days'),
  });
});
