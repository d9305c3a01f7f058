import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { example, read, refusal } from './world.ts';

const base = { document: { dsl: '1.0.3', namespace: 'acme', name: 'try', version: '1.0.0' } };
const places = (value: object) => read(value).warnings.map(({ pointer }) => pointer);
const wired = (...wires: [string, string, string?][]) =>
  Object.fromEntries(
    wires.map(([from, to, kind = 'main']) => [from, { [kind]: [[{ node: to, type: kind, index: 0 }]] }]),
  );
const node = (name: string, type = 'n8n-nodes-base.set') => ({ name, type });

describe('n8n', () => {
  // biome-ignore format: a table is read down its columns
  const refused: [value: object, told: string[]][] = [
    [{ connections: {} },                                ['invalid_argument /nodes: An n8n document has a list of nodes here.']],
    [{ nodes: { a: 1 } },                                ['invalid_argument /nodes: An n8n document has a list of nodes here.']],
    [{ nodes: [1, { type: 'x' }, { name: '' }] },        ['invalid_argument /nodes/0: A node is an object.', 'invalid_argument /nodes/1/name: A node has a name.', 'invalid_argument /nodes/2/name: A node has a name.']],
    [{ nodes: [node('a'), node('b'), node('a')] },       ['invalid_argument /nodes/2/name: The same name as at /nodes/0/name.']],
  ];
  test.each(refused)('%j is refused (DOC-2)', (value, told) => expect(refusal(value, 'n8n')).toEqual(told));

  test('names like those of an object’s own methods are names like others', () => {
    expect(refusal({ nodes: [node('constructor'), node('toString')] }, 'n8n')).toEqual([]);
  });

  test('connections from and to nowhere are warnings (DOC-2)', () => {
    const nodes = [node('Start', 'n8n-nodes-base.manualTrigger'), node('a')];
    expect(places({ nodes, connections: wired(['Start', 'a'], ['gone/x', 'a'], ['a', 'lost']) })).toEqual([
      '/connections/gone~1x',
      '/connections/a/main/0/0/node',
    ]);
  });

  test('nodes that nothing reaches are warnings, triggers, notes and plugged-in parts are none (DOC-2)', () => {
    const nodes = [
      node('Start', 'n8n-nodes-base.webhook'),
      node('Note', 'n8n-nodes-base.stickyNote'),
      node('Agent', '@n8n/n8n-nodes-langchain.agent'),
      node('Tool', 'n8n-nodes-base.gmailTool'),
      node('Alone'),
      node('Self'),
    ];
    expect(
      places({ nodes, connections: wired(['Start', 'Agent'], ['Tool', 'Agent', 'ai_tool'], ['Self', 'Self']) }),
    ).toEqual(['/nodes/4', '/nodes/5']);
  });

  test('connections of any other shape are passed over, as n8n does', () => {
    for (const connections of [[], 1, { a: null }, { a: { main: [null, [null, 1, {}]] } }]) {
      expect(refusal({ nodes: [node('a')], connections }, 'n8n')).toEqual([]);
    }
  });

  test('the examples hold one of each warning', () => {
    expect(places(JSON.parse(example('weekly-digest.json')))).toEqual(['/connections/One page/main/0/1/node']);
    expect(places(JSON.parse(example('onboard-new-colleague.json')))).toEqual(['/nodes/6']);
  });
});

describe('serverless-workflow', () => {
  test('the schema that documents are judged by is right by the schema of schemas', () => {
    const published = JSON.parse(readFileSync('src/documents/serverless-workflow.schema.json', 'utf8'));
    const judge = new Ajv2020({ strict: false });
    expect(judge.validateSchema(published), judge.errorsText()).toBe(true);
    expect(judge.validateSchema({ ...published, required: 'document' })).toBe(false);
  });

  const tried = (task: unknown, rest: object = {}) =>
    refusal({ ...base, do: [{ step: task }], ...rest }).map((line) => line.replace('invalid_argument ', ''));

  // biome-ignore format: a table is read down its columns
  const refused: [what: string, told: string[], expected: string[]][] = [
    ['no tasks',              refusal(base),                                                     ['invalid_argument /do: Is required.']],
    ['an unknown member',     tried({ set: { a: 1 }, sett: 1 }),                                 ['/do/0/step/sett: Is not known here.']],
    ['no kind of task',       tried({ if: '.x' }),                                            ['/do/0/step: A task has one of call, fork, emit, for, listen, raise, run, set, switch, try, wait, do.']],
    ['a task of text',        tried('x'),                                                        ['/do/0/step: A task is an object.']],
    ['no endpoint',           tried({ call: 'http', with: { method: 'get' } }),                  ['/do/0/step/with/endpoint: Is required.']],
    ['a number for a method', tried({ call: 'http', with: { method: 5, endpoint: 'https://a.test' } }),       ['/do/0/step/with/method: Must be text.']],
    ['a bad version',         refusal({ document: { ...base.document, version: 'one' }, do: [] }), ['invalid_argument /document/version: Is not a well-formed WorkflowVersion.']],
    ['no way to listen',      tried({ listen: { to: {} } }),                                     ['/do/0/step/listen/to: Needs all or any or one.']],
    ['two tasks in one item', refusal({ ...base, do: [{ a: { set: { x: 1 } }, b: { set: { x: 1 } } }] }), ['invalid_argument /do/0: Takes at most 1 member.']],
    ['deep in other tasks',   tried({ for: { each: 'x', in: '.y' }, do: [{ s: { try: [{ t: { fork: { branches: [{ u: { wait: 5 } }] } } }], catch: {} } }] }), ['/do/0/step/do/0/s/try/0/t/fork/branches/0/u/wait: Must be an object or text.']],
    ['in a function',         tried({ set: { a: 1 } }, { use: { functions: { f: { emit: {} } } } }), ['/use/functions/f/emit/event: Is required.']],
  ];
  test.each(refused)('%s is refused in our own words (DOC-2)', (_, told, expected) => expect(told).toEqual(expected));

  test('two faults in two tasks are told at once', () => {
    expect(refusal({ ...base, do: [{ a: { wait: 1 } }, { b: { set: 1 } }] })).toHaveLength(2);
  });

  test('at most ten faults are told', () => {
    expect(refusal({ ...base, do: Array(50).fill({ a: { wait: 1 } }) })).toHaveLength(10);
  });

  test('tasks in tasks take time by their number, not by their depth', { timeout: 5000 }, () => {
    let task: object = { set: { a: 1 } };
    for (let i = 0; i < 60; i++)
      task = i % 2 ? { do: [{ s: task }] } : { for: { each: 'x', in: '.y' }, do: [{ s: task }] };
    expect(refusal({ ...base, do: [{ s: task }] })).toEqual([]);
    expect(refusal({ ...base, do: [{ s: { do: [{ s: { ...task, zz: 1 } }] } }] })).toHaveLength(1);
  });

  test('a thousand faults in one task take no time by their square', { timeout: 5000 }, () => {
    const any = Array(30_000).fill({ x: 1, with: { source: 5 } });
    expect(refusal({ ...base, do: [{ s: { listen: { to: { any } } } }] }).length).toBeGreaterThan(0);
  });
});
