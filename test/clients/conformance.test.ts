import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { httpApp } from '../../src/http/app.ts';
import { overHttp } from '../../src/mcp/http.ts';
import { fixtureServer } from '../conformance/fixtures.ts';
import { listening } from '../support/listening.ts';
import { peer } from '../support/peer.ts';
import { serviceIn } from '../support/service.ts';
import { world } from '../support/world.ts';

let fixtures: Awaited<ReturnType<typeof listening>>;
let own: Awaited<ReturnType<typeof listening>>;
let out: string;

beforeAll(async () => {
  const here = await world({ people: { ada: 'admin' }, workspaces: { Growth: { ada: 'owner' } } });
  const { fetch, postern } = await serviceIn(here);
  const secret = await here.key('ada');
  const log = { error: () => {}, debug: () => {} };
  const mcp = overHttp((_, era) => fixtureServer(era), log);
  const app = httpApp({ postern, mcp, offer: { catalogue: {}, usual: [], narrowing: {} }, log });
  fixtures = await listening(async (request) => app.fetch(request), secret);
  own = await listening(fetch, secret);
  out = await mkdtemp(join(tmpdir(), 'postern-conformance-'));
});

afterAll(() => Promise.all([fixtures.close(), own.close(), rm(out, { recursive: true, force: true })]));

const revisions = ['2026-07-28', '2025-11-25'];
const judged = (url: string, revision: string, ...more: string[]) =>
  peer(
    'conformance',
    'server',
    '--url',
    url,
    '--requirements',
    revision,
    '-o',
    join(out, revision, String(more.length)),
    ...more,
  );

describe.each(revisions)('the conformance suite, revision %s', (revision) => {
  test('passes whole on its fixtures behind Postern’s own doors', async () => {
    const { code, stdout } = await judged(fixtures.url, revision);
    expect(code, summary(stdout)).toBe(0);
    expect(stdout).toMatch(/=== SUMMARY ===\n(✓ .*\n){20}/);
  });

  test('passes on Postern’s own tools, but for what the baseline gives reasons for', async () => {
    const baseline = join(import.meta.dirname, `../conformance/baseline-${revision}.yml`);
    const { code, stdout } = await judged(own.url, revision, '--expected-failures', baseline);
    expect(code, summary(stdout)).toBe(0);
  });
});

const summary = (stdout: string) => stdout.slice(stdout.indexOf('=== SUMMARY ==='));
