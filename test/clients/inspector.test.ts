import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { listening } from '../support/listening.ts';
import { peer } from '../support/peer.ts';
import { child, compiled } from '../support/running.ts';
import { serviceIn } from '../support/service.ts';
import { world } from '../support/world.ts';

let config: string;
let id: string;
let close: () => Promise<void>;

beforeAll(async () => {
  const here = await world({
    people: { ada: 'member', ben: 'member' },
    workspaces: { Growth: { ada: 'creator', ben: 'creator' } },
    workflows: { payroll: { in: 'Growth', owner: 'ada' }, secret: { in: 'Growth', owner: 'ben' } },
  });
  const { fetch } = await serviceIn(here);
  const at = await listening(fetch);
  close = at.close;
  id = here.id('payroll');
  const secret = await here.key('ada');
  const http = { type: 'http', url: at.url, headers: { Authorization: `Bearer ${secret}` } };
  const told = JSON.stringify({ app: { ...here.connection, user: 'postern_app' }, secret });
  const stdio = { type: 'stdio', command: process.execPath, args: [child, told], env: compiled };
  config = join(await mkdtemp(join(tmpdir(), 'postern-inspector-')), 'mcp.json');
  const mcpServers = {
    http,
    'http-2026': { ...http, protocolEra: 'modern' },
    stdio,
    'stdio-2026': { ...stdio, protocolEra: 'modern' },
  };
  await writeFile(config, JSON.stringify({ mcpServers }));
});

afterAll(() => Promise.all([close(), rm(dirname(config), { recursive: true, force: true })]));

const inspect = async (server: string, ...args: string[]) => {
  const { code, stdout, stderr } = await peer(
    'inspector',
    '--cli',
    '--config',
    config,
    '--server',
    server,
    '--format',
    'json',
    ...args,
  );
  return { code, told: stdout.trim().startsWith('{') ? JSON.parse(stdout) : stdout, stderr };
};

describe.each(['http', 'http-2026', 'stdio', 'stdio-2026'])('the Inspector over %s', (server) => {
  test('lists the tools and opens a workflow', async () => {
    const [list, open] = await Promise.all([
      inspect(server, '--method', 'tools/list'),
      inspect(server, '--method', 'tools/call', '--tool-name', 'open_workflow', '--tool-arg', `id=${id}`),
    ]);
    expect(list, list.stderr).toMatchObject({ code: 0 });
    expect(JSON.stringify(list.told)).toContain('decide_access_requests');
    expect(open, open.stderr).toMatchObject({ code: 0 });
    expect(JSON.stringify(open.told)).toContain(id);
  });
});

test('a refusal ends the Inspector with 5, a tool’s error, and says what to do', async () => {
  const { code, told } = await inspect(
    'http',
    '--method',
    'tools/call',
    '--tool-name',
    'open_workflow',
    '--tool-arg',
    'id=wf_nothing',
  );
  expect(code).toBe(5);
  expect(JSON.stringify(told)).toContain('request_access');
});

test('resources are listed and read', async () => {
  const { code, told } = await inspect('http', '--method', 'resources/read', '--uri', `postern://workflow/${id}`);
  expect(code).toBe(0);
  expect(JSON.stringify(told)).toContain(id);
});
