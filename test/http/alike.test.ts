import { describe, expect, test } from 'vitest';
import { rowFor } from '../../src/access/policy.ts';
import { inside, newId, outside, prefixes } from '../../src/terms/ids.ts';
import type { CredentialScope } from '../../src/terms/scopes.ts';
import { actionsOf } from '../../src/workspace/operation.ts';
import { operations } from '../../src/workspace/operations.ts';
import { catalogue } from '../../tools/index.ts';
import { agent } from '../support/agent.ts';
import { granted, leavingLast, type Name, told } from '../support/granted.ts';
import { documentOf, fitting, generatedFrom, operationIn, type RestHow, restOf } from '../support/rest.ts';
import { twins } from '../support/twins.ts';
import type { World } from '../support/world.ts';
import { refused } from './refused.ts';

const { one, other, here, key, told: plain } = await twins({ ...told, people: { ...told.people, mel: 'member' } });
const document = await documentOf(other.service);
const client = await generatedFrom(document);
const fits = fitting(document);
const everything = `toolsets=${Object.keys(catalogue).join(',')}`;
const names = Object.values(catalogue).flatMap((tools) => tools.map(({ operation }) => operation.name)) as Name[];
const argsOf = (name: Name) => granted[name](here as unknown as World);

/** What REST sends in one, page by page over MCP. */
const exports = ['export_audience', 'export_activity'];

// biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
type Answer = Record<string, any>;

/** Both doors in the hands of one person: what they answer to one call, each in its own twin. */
async function seat(who: string, scopes?: readonly CredentialScope[], query = '') {
  const secret = await key(who, { ...(scopes && { scopes }), name: `${who} ${scopes ?? 'all'}` });
  const { call } = await agent(one.service, secret, { query: `${everything}&${query}` });
  const send = restOf(document, client, other.service, secret);
  const narrowed = Object.fromEntries(new URLSearchParams(query));
  return {
    secret,
    overMcp: async (name: Name, args: object, { confirm, key: idempotency }: RestHow = {}): Promise<Answer> => {
      const meta = idempotency === undefined ? undefined : { 'postern/idempotency-key': idempotency };
      let data = '';
      let cursor: string | undefined;
      do {
        const given = { ...args, ...(confirm && { confirm }), ...(cursor && { cursor }) };
        const { error, refused: _, ...output } = await call(name, given, meta);
        if (error || !exports.includes(name)) return error ? { error } : { output };
        data += output.data;
        cursor = output.next_cursor;
      } while (cursor);
      return { output: { data } };
    },
    overRest: async (name: Name, args: Record<string, unknown>, how: RestHow = {}): Promise<Answer> => {
      const { status, body } = await send(name, args, { ...how, query: narrowed });
      expect(fits(name, status, body), `${name} answers as the document says`).toBeUndefined();
      if (status < 400) return { output: exports.includes(name) ? { data: body } : body };
      const { type, status: said, title, detail, instance, ...rest } = body;
      expect([type, said]).toEqual([`/problems/${body.code}`, status]);
      return { error: { message: detail, ...rest } };
    },
  };
}

const seats = {
  ada: await seat('ada'),
  mel: await seat('mel'),
  cleo: await seat('cleo'),
  looking: await seat('ada', undefined, 'read_only=true'),
};

/** Ada's, where the key bears that scope alone. */
const bearing: Partial<Record<CredentialScope, ReturnType<typeof seat>>> = {};
const adaBearing = (scope: CredentialScope) => (bearing[scope] ??= seat('ada', [scope]));

/** What the log of each twin holds since this was called last. */
let seen = 0;
async function logged() {
  const [here, there] = await Promise.all(
    [one, other].map(async ({ sql }) => {
      const { rows } = await sql.query(
        `select person_id, credential_id, surface, action, outcome, because, via, overridden, noun, entity_id, workspace_id, before, after
         from activity order by at, id offset $1`,
        [seen],
      );
      return rows.map((row) => JSON.stringify(plain(row))).sort();
    }),
  );
  seen += here?.length ?? 0;
  return { overMcp: here, overRest: there };
}

/** Makes one call through both doors, demands that they answer and log alike, and tells what they answered. */
async function alike(who: keyof typeof seats, name: Name, args: Record<string, unknown>, how: RestHow = {}) {
  const { overMcp, overRest } = seats[who];
  const [here, there] = await Promise.all([overMcp(name, args, how), overRest(name, args, how)]);
  expect(plain(there)).toEqual(plain(here));
  const log = await logged();
  expect(log.overRest).toEqual(log.overMcp);
  return { here, there, entries: log.overMcp };
}

const codeOf = ({ here }: { here: Answer }): string => here.error?.code ?? 'done';

/** The same call of things and workspaces that do not exist. */
const missing = (args: object): Record<string, unknown> =>
  JSON.parse(
    JSON.stringify(args)
      .replaceAll('"Growth"', '"Nowhere"')
      .replaceAll(/\b([a-z]+)_[0-9a-z]{26}\b/g, (id, prefix) => {
        const named = Object.entries(prefixes).find(([, it]) => it === prefix)?.[0] as Parameters<typeof inside>[0];
        return inside(named, id) ? outside(named, newId()) : id;
      }),
  );

test('every operation has a case here, an address, and a place in the document', () => {
  expect(Object.keys(refused).sort()).toEqual(names.toSorted());
  expect(Object.keys(operations).sort()).toEqual(names.toSorted());
  for (const name of names) operationIn(document, name);
});

describe.each(leavingLast(names))('%s over MCP and over REST', (name) => {
  const rows = actionsOf(operations[name]).map(rowFor);
  const scopes = rows.map(({ scope }) => scope);
  const [hidden, absent, colleague] = refused[name];

  test('refuses an argument that it does not know in the same words', async () => {
    const answer = await alike('ada', name, { ...argsOf(name), no_such_argument: '1' });
    expect(answer.here).toMatchObject({ error: { code: 'invalid_argument', pointer: '/no_such_argument' } });
  });

  test(`answers someone who can open none of it alike: ${hidden} (EXT-1, EXT-2, 001-33)`, async () => {
    expect(codeOf(await alike('mel', name, argsOf(name)))).toBe(hidden);
  });

  test(`answers a call of what does not exist alike: ${absent} (EXT-2)`, async () => {
    expect(codeOf(await alike('ada', name, missing(argsOf(name))))).toBe(absent);
  });

  test(`answers a colleague alike: ${colleague}`, async () => {
    expect(codeOf(await alike('cleo', name, argsOf(name)))).toBe(colleague);
  });

  if (!scopes.includes('none'))
    test('is not there for a key without its scope (EXT-4, EXT-5)', async () => {
      const scope = scopes.includes('audience') ? 'request' : 'audience';
      const { secret, overMcp, overRest } = await adaBearing(scope);
      await expect(overMcp(name, argsOf(name))).rejects.toThrow(/There is no tool/);
      const session = await one.service.postern.admit(secret);
      const refusal = await session.perform(operations[name], argsOf(name)).catch((thrown) => thrown.toJSON());
      expect(refusal).toMatchObject({ code: 'insufficient_scope' });
      expect(await overRest(name, argsOf(name))).toEqual({ error: refusal });
      const log = await logged();
      expect(log.overRest).toEqual(log.overMcp);
      expect(log.overMcp).toHaveLength(1);
    });

  const writes = rows.some(({ does }) => does !== 'read');
  if (writes)
    test('is refused where only reading is asked for', async () => {
      const session = await one.service.postern.admit(seats.looking.secret, { readOnly: true });
      const refusal = await session.perform(operations[name], argsOf(name)).catch((thrown) => thrown.toJSON());
      expect(refusal).toMatchObject({ code: 'read_only' });
      expect(await seats.looking.overRest(name, argsOf(name))).toEqual({ error: refusal });
      const log = await logged();
      expect(log.overRest).toEqual(log.overMcp);
    });

  test('does the same where it is allowed, and once for one idempotency key (EXT-9)', async () => {
    const how = writes ? { key: `key of ${name}` } : {};
    const first = await alike('ada', name, argsOf(name), how);
    expect(codeOf(first), JSON.stringify(first.here)).toBe('done');
    const { confirm } = first.here.output;
    if (confirm) {
      expect(first.entries).toEqual([]);
      const tokens = [confirm, first.there.output.confirm];
      const [done, also] = [
        await seats.ada.overMcp(name, argsOf(name), { ...how, confirm: tokens[0] }),
        await seats.ada.overRest(name, argsOf(name), { ...how, confirm: tokens[1] }),
      ];
      expect(done).toHaveProperty('output');
      expect(plain(also)).toEqual(plain(done));
      const log = await logged();
      expect(log.overRest).toEqual(log.overMcp);
      expect(log.overMcp).not.toEqual([]);
    }
    if (how.key && name !== 'leave_organization')
      expect((await alike('ada', name, argsOf(name), how)).entries).toEqual([]);
  });
});
