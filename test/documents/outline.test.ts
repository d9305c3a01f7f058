import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { linksIn } from '../../src/documents/links.ts';
import { outlineOf } from '../../src/documents/outline.ts';
import { newId, outside } from '../../src/terms/ids.ts';
import { example, read } from './world.ts';

const outline = (value: unknown) => outlineOf(read(value));
const [one, two] = [outside('workflow', newId()), outside('workflow', newId())];
const base = { document: { dsl: '1.0.3', namespace: 'acme', name: 'try', version: '1.0.0' } };

test('an n8n outline lists triggers and steps, notes left out (DOC-3)', () => {
  expect(outline(example('lead-intake.json'))).toMatchObject({
    format: 'n8n',
    name: 'Lead intake',
    count: { triggers: 1, steps: 5, warnings: 0 },
    triggers: [{ at: '/nodes/0', name: 'Lead form', type: 'webhook' }],
    links: [],
  });
});

test('a serverless-workflow outline lists tasks in tasks, and how it starts (DOC-3)', () => {
  const { triggers, steps, name } = outline(example('nightly-reconciliation.json'));
  expect(name).toBe('Reconcile payments every night');
  expect(triggers).toEqual([{ at: '/schedule/cron', name: '30 2 * * *', type: 'cron' }]);
  expect(steps.map(({ at, type }) => `${at} ${type}`)).toEqual([
    '/do/0/bank call http',
    '/do/1/eachLine for',
    '/do/1/eachLine/do/0/match try',
    '/do/1/eachLine/do/0/match/try/0/find call http',
    '/do/1/eachLine/do/0/match/catch/do/0/remember set',
    '/do/2/report emit',
  ]);
});

test('a json outline lists what is at its top (DOC-3)', () => {
  expect(outline({ title: 'T', list: [1, 2], on: true, none: null }).steps).toEqual([
    { at: '/title', name: 'title', type: 'text' },
    { at: '/list', name: 'list', type: 'list of 2' },
    { at: '/on', name: 'on', type: 'boolean' },
    { at: '/none', name: 'none', type: 'null' },
  ]);
});

test('workflows that are called by names of their own world are listed as calls', () => {
  expect(outline(example('onboard-new-colleague.json')).calls).toEqual([
    { pointer: '/nodes/4/parameters/workflowId', name: 'Grant code access' },
  ]);
  expect(outline(example('order-fulfilment.json')).calls).toEqual([
    { pointer: '/do/3/sendLink/run/workflow', name: 'shop/send-download-link:1.2.0' },
  ]);
});

test('ids of ours are links in any wrapping, each once (DOC-3)', () => {
  const value = {
    a: [`see postern://workflow/${one}.`],
    b: { [two]: 1 },
    c: one,
    d: 'wf_tooshort',
    e: `wf_8${one.slice(4)}`,
  };
  expect(linksIn(value)).toEqual([
    { pointer: '/a/0', id: one },
    { pointer: '/b', id: two },
  ]);
});

test('an outline names ids of ours in its links alone (section 14)', () => {
  const hidden = `${one.slice(0, 9)}\u200b${one.slice(9)}`;
  const nodes = [
    { name: `Call ${one}`, type: `x.${one}` },
    {
      name: `Call ${hidden}`,
      type: 'n8n-nodes-base.executeWorkflow',
      parameters: { workflowId: { value: one, cachedResultName: hidden } },
    },
  ];
  const documents = [
    { name: `About ${one}`, nodes, connections: { [one]: { main: [[{ node: one }]] } } },
    { title: one, [one]: { [two]: 1 } },
    {
      ...base,
      document: { ...base.document, title: one },
      do: [{ [one]: { run: { workflow: { namespace: 'a', name: 'b', version: one } } } }],
    },
  ];
  for (const value of documents) {
    const { links, ...rest } = outlineOf({
      ...read({}),
      format: 'document' in value ? 'serverless-workflow' : 'nodes' in value ? 'n8n' : 'json',
      value,
      warnings: [{ pointer: `/connections/${one}`, message: 'x' }],
    });
    expect(links.map(({ id }) => id)).toContain(one);
    expect(links.map(({ pointer }) => pointer).join()).not.toContain(one);
    expect(JSON.stringify(rest)).not.toContain(one);
  }
});

test('names are cleaned, on one line, and cut to 80 characters (EXT-7)', () => {
  const { steps } = outline({
    nodes: [
      { name: `a\u202e\u{e0041}b\n\n c`, type: 't' },
      { name: 'long word '.repeat(50), type: 't' },
    ],
    connections: {},
  });
  expect(steps[0]?.name).toBe('ab c');
  expect(steps[1]?.name.length).toBeLessThanOrEqual(81);
});

const words = [
  'Send the weekly report ',
  'xqzjkvw',
  'QXZJKVWY',
  '#}{][<>|',
  '漢字假名',
  '👩‍🚀🧬',
  'ꙮ꙰',
  '𒀀𒁀',
  '०१२',
  '\\"/',
  '0123456789',
];

test.each(words)('the outline of a large document made of %j is under 1,500 tokens (DOC-3)', (word) => {
  const name = (i: number) => word.repeat(40).slice(i % word.length) + i;
  const many = Array.from({ length: 300 }, (_, i) => i);
  const id = () => outside('workflow', newId());
  const documents = [
    {
      name: name(1),
      nodes: many.map((i) => ({
        name: name(i),
        type: i % 2 ? `${name(i)}Trigger` : name(i),
        parameters: { workflowId: id() },
      })),
      connections: Object.fromEntries(many.map((i) => [`!${name(i)}`.slice(0, 100), {}])),
    },
    { title: name(1), ...Object.fromEntries(many.map((i) => [name(i).slice(-150), id()])) },
    {
      ...base,
      do: many.map((i) => ({
        [name(i).slice(-100)]: { run: { workflow: { namespace: 'a', name: name(i), version: '1' } } },
      })),
    },
    {
      nodes: many.map((i) => ({
        name: name(i).slice(-12),
        type: 'n8n-nodes-base.executeWorkflow',
        parameters: { workflowId: name(i) },
      })),
      connections: {},
    },
  ];
  for (const value of documents) {
    const document = {
      ...read({}),
      value,
      format: 'do' in value ? 'serverless-workflow' : 'nodes' in value ? 'n8n' : 'json',
    } as const;
    const warnings = many.slice(0, 20).map((i) => ({
      pointer: `/connections/${name(i)}`.slice(0, 200),
      message: 'Connections from a node that is not there; n8n passes over them.',
    }));
    expect(encode(JSON.stringify(outlineOf({ ...document, warnings, warned: 300 }))).length).toBeLessThan(1500);
  }
});

test('forty steps of plain names are listed, the rest is counted', () => {
  const nodes = Array.from({ length: 60 }, (_, i) => ({ name: `Send report ${i}`, type: 'n8n-nodes-base.gmail' }));
  const { steps, count } = outlineOf({ ...read({ nodes, connections: {} }), warnings: [] });
  expect(steps).toHaveLength(40);
  expect(count.steps).toBe(60);
});
