import { expect, test } from 'vitest';
import { office } from '../support/office.ts';

const here = await office({
  people: { bo: 'member' },
  workspaces: { growth: { bo: 'creator' } },
  workflows: { plan: { in: 'growth', owner: 'bo', document: { title: 'Plan', steps: ['a', 'b'] } } },
});
const bo = here.as('bo');

test('of a text that no answer holds the beginning comes, with where it goes on; what only lacks room beside others comes alone (DOC-3)', async () => {
  const [long, middling] = ['All work and no play. '.repeat(5_000), 'Quite a few words. '.repeat(500)];
  const { id } = await bo('create_workflow', { name: 'n', document: { long, one: middling, two: middling } });
  const first = await bo('open_workflow', { id, at: ['/long', '/one', '/two'] });
  expect(first.parts['/one']).toBe(middling);
  expect(first.parts).not.toHaveProperty('/two');
  expect(first.omitted).toMatchObject([{ pointer: '/long', from: 0 }, { pointer: '/two' }]);
  expect(first.omitted[1]).not.toHaveProperty('next');
  expect(long.slice(0, first.omitted[0].next)).toBe(first.parts['/long'] ?? '');
  const alone = await bo('open_workflow', { id, at: ['/long'] });
  expect(alone.omitted).toEqual([
    { pointer: '/long', bytes: long.length + 2, from: 0, next: alone.parts['/long'].length },
  ]);
  expect(alone.parts['/long'].length).toBeGreaterThan(5_000);
  const { next: from } = alone.omitted[0];
  const second = await bo('open_workflow', { id, at: ['/long'], from });
  expect(long.slice(from).startsWith(second.parts['/long'])).toBe(true);
  expect(second.omitted).toMatchObject([{ from, next: from + second.parts['/long'].length }]);
  expect(await bo('open_workflow', { id, at: ['/long'], from: long.length - 5 })).not.toHaveProperty('omitted');
});

test('from goes on in one text, and in nothing else (DOC-3)', async () => {
  const id = here.id('plan');
  const open = (more: object) => bo('open_workflow', { id, ...more });
  expect(await open({ at: ['/title'], from: 2 })).toMatchObject({ parts: { '/title': 'an' } });
  const refused = { error: { code: 'invalid_argument', pointer: '/from' } };
  for (const more of [
    { from: 0 },
    { include: ['document'], from: 1 },
    { at: ['/title', '/steps'], from: 1 },
    { at: ['/title'], from: -1 },
    { at: ['/title'], from: 4 },
    { at: ['/steps'], from: 1 },
  ])
    expect(await open(more), JSON.stringify(more)).toMatchObject(refused);
});

test('source is the text in the form in which the document came, also after an edit, and goes on like any text (DOC-5)', async () => {
  const yaml = '# the plan\ntitle: Plan\nsteps:\n  - a\n  - b\n';
  const made = await bo('create_workflow', { name: 'y', document: yaml });
  expect((await bo('open_workflow', { id: made.id, include: ['source'] })).parts).toEqual({ source: yaml });
  expect((await bo('open_workflow', { id: made.id, include: ['source'], from: 11 })).parts.source).toBe(yaml.slice(11));
  await bo('edit_workflow', { id: made.id, revision: 1, patch: [{ op: 'add', path: '/steps/-', value: 'c' }] });
  const { parts } = await bo('open_workflow', { id: made.id, include: ['source'] });
  expect(parts.source).toBe('title: Plan\nsteps:\n  - a\n  - b\n  - c\n');
});
