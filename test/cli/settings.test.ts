import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withoutSecrets } from '../../src/cli/log.ts';
import { readSettings } from '../../src/cli/settings.ts';
import type { Problem } from '../../src/terms/problem.ts';
import { postern, program, refused, root } from '../support/program.ts';

const refusal = (environment: Record<string, string>) => {
  try {
    return readSettings(environment);
  } catch (thrown) {
    return (thrown as Problem).message;
  }
};

test.each`
  environment                                                          | says
  ${{ POSTERN_PROT: '1' }}                                             | ${'There is no setting POSTERN_PROT.'}
  ${{ POSTERN_PORT: 'x' }}                                             | ${'POSTERN_PORT is not right: It is a number.'}
  ${{ POSTERN_PORT: '70000' }}                                         | ${'POSTERN_PORT is not right: It is 65535 at most.'}
  ${{ POSTERN_SECRET_KEY: 'hunter2' }}                                 | ${'POSTERN_SECRET_KEY is not right: It is 32 bytes as base64; of several, with commas.'}
  ${{ POSTERN_URL: 'ftp://there' }}                                    | ${/^POSTERN_URL is not right: It is an address like/}
  ${{ DATABASE_URL: 'postgres://u@h/d', POSTERN_HOME: '/a' }}          | ${/^DATABASE_URL and POSTERN_HOME contradict each other/}
  ${{ POSTERN_URL: 'http://h/mcp', POSTERN_HOME: '/a' }}               | ${/^POSTERN_URL and POSTERN_HOME contradict each other/}
  ${{ POSTERN_READ_ONLY: 'yes' }}                                      | ${'POSTERN_READ_ONLY is not right: It is true or false.'}
  ${{ POSTERN_URL: 'http://h/mcp', POSTERN_TOOLSETS: 'groups' }}       | ${/^POSTERN_URL and POSTERN_TOOLSETS contradict each other/}
  ${{ POSTERN_URL: 'http://h/mcp', DATABASE_URL: 'postgres://u@h/d' }} | ${/^POSTERN_URL and DATABASE_URL contradict each other/}
  ${{ POSTERN_REGISTRATION: 'maybe' }}                                 | ${'POSTERN_REGISTRATION is not right: It is on or off.'}
  ${{ POSTERN_AUTH_AUDIENCE: 'x' }}                                    | ${/^It is said what tokens of an identity provider say, and not of which/}
  ${{ POSTERN_AUTH_ISSUER: 'https://i', POSTERN_REGISTRATION: 'on' }}  | ${/^POSTERN_REGISTRATION and POSTERN_AUTH_ISSUER contradict each other/}
  ${{ POSTERN_AUTH_ISSUER: 'https://i', POSTERN_AUTH_CLAIMS: 'a=b' }}  | ${/^POSTERN_AUTH_CLAIMS is not right: It is pairs like email=upn/}
  ${{ DATABASE_URL: 'mysql://u:hunter2@h/d' }}                         | ${/^DATABASE_URL is not right: it is not an address/}
  ${{ DATABASE_URL: 'postgres://u:hunter2@h/d?sslmod=require' }}       | ${/^DATABASE_URL is not right: sslmod is not known/}
  ${{ DATABASE_URL: 'postgres://u:hunter2@h/d?sslmode=prefer' }}       | ${/^DATABASE_URL is not right: sslmode is one of disable, require, verify-full/}
  ${{ DATABASE_URL: 'postgres://h/d' }}                                | ${/^DATABASE_URL is not right: it names no user/}
  ${{ DATABASE_URL: 'postgres://u@h' }}                                | ${/^DATABASE_URL is not right: it names no database/}
`('$environment is refused: $says', ({ environment, says }) => {
  expect(refusal(environment)).toEqual(expect.stringMatching(says));
  expect(refusal(environment)).not.toContain('hunter2');
});

test('POSTERN_SECRET_KEY holds one key of 32 bytes, or several, newest first (WS-4)', () => {
  const keys = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)];
  const text = keys.map((key) => key.toString('base64')).join(', ');
  expect(readSettings({ POSTERN_SECRET_KEY: text }).secretKeys).toEqual(keys);
  expect(refusal({ POSTERN_SECRET_KEY: `${text},` })).toMatch(/32 bytes/);
});

test('an empty setting is one that is not set', () => {
  expect(readSettings({ POSTERN_PORT: '', POSTERN_KEY: '', DATABASE_URL: '' })).toMatchObject({
    port: undefined,
    key: undefined,
    database: undefined,
  });
});

test('data lies in POSTERN_HOME, else where the person keeps data', () => {
  expect(readSettings({ POSTERN_HOME: '/a' }).home).toBe('/a');
  expect(readSettings({ XDG_DATA_HOME: '/b' }).home).toBe('/b/postern');
  expect(readSettings({}).home).toMatch(/\/\.local\/share\/postern$/);
});

test('DATABASE_URL may hold a password, a folder of a socket, and how it is encrypted', () => {
  expect(readSettings({ DATABASE_URL: 'postgresql://a%40b:p%3Aw@db:6000/my%20db?sslmode=require' }).database).toEqual({
    host: 'db',
    port: 6000,
    user: 'a@b',
    password: 'p:w',
    database: 'my db',
    ssl: true,
  });
  expect(readSettings({ DATABASE_URL: 'postgres://u@localhost/d?host=/run/pg' }).database).toMatchObject({
    host: '/run/pg',
    port: 5432,
    ssl: false,
  });
});

test.each`
  words                                                                         | says
  ${['sing']}                                                                   | ${'There is no command "sing". '}
  ${['key', 'sing']}                                                            | ${'There is no command "key sing". '}
  ${['start', '--prot', '1']}                                                   | ${"Unknown option '--prot'. `postern start --help`"}
  ${['start', '--port', 'x']}                                                   | ${'--port x is not right'}
  ${['start', 'now']}                                                           | ${'There is no place for "now". '}
  ${['start', '--host', '0.0.0.0']}                                             | ${'POSTERN_ALLOWED_HOSTS'}
  ${['init', '--organization', 'Acme']}                                         | ${'--admin is missing. '}
  ${['init', '--organization', 'A', '--admin', 'a']}                            | ${'"a" is no email address. '}
  ${['key', 'create', '--name', 'n']}                                           | ${'--person is missing. '}
  ${['key', 'create', '--person', 'p', '--name', 'n', '--scopes', 'read,rite']} | ${'There is no scope "rite". '}
  ${['key', 'create', '--person', 'p', '--name', 'n', '--expires', '30']}       | ${'--expires 30 is no time from now. '}
  ${['key', 'revoke']}                                                          | ${'ID is missing. '}
  ${['import', '/nowhere', '--person', 'p', '--workspace', 'w']}                | ${'/nowhere is no folder that can be read. '}
  ${['call', 'whoami', '{}']}                                                   | ${'POSTERN_KEY is not set'}
  ${['stdio']}                                                                  | ${'POSTERN_KEY is not set'}
`('postern $words is refused before anything is opened: $says (security 1)', async ({ words, says }) => {
  expect(await refused(words, { POSTERN_HOME: '/dev/null/nowhere' })).toEqual({
    code: 1,
    says: expect.stringContaining(says),
  });
});

test('a line of the log loses every secret', () => {
  const line = withoutSecrets(
    `{"key":"postern_${'0'.repeat(84)}","authorization":"Bearer abc.def","url":"postgres://u:hunter2@h/d"}`,
  );
  expect(line).toBe('{"key":"postern_…","authorization":"Bearer …","url":"postgres://u:…@h/d"}');
});

test('the log is JSON lines on standard error, with no secret in any of them (security 29, 31)', async () => {
  const secret = `postern_${'0'.repeat(84)}`;
  const script = `const { openLog } = await import(process.argv[1]);
    const log = await openLog();
    log.error({ err: new Error('no ${secret}'), headers: { authorization: 'Bearer abc.def' } }, 'refused ${secret}');`;
  const { stdout, stderr } = await program(['-e', script, join(root, 'src/cli/log.ts')]);
  expect(stdout).toBe('');
  expect(JSON.parse(stderr)).toMatchObject({
    level: 50,
    msg: 'refused postern_…',
    headers: { authorization: 'Bearer …' },
  });
  expect(stderr).not.toMatch(/postern_0|abc\.def/);
});

test('postern alone starts nothing on data that lie elsewhere, and says what there is', async () => {
  for (const elsewhere of [{ DATABASE_URL: 'postgres://u@h/d' }, { POSTERN_URL: 'http://h/mcp' }] as const) {
    const { code, stdout } = await postern([], elsewhere);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining('key create') });
  }
});
