import { expect, test } from 'vitest';
import { office } from '../support/office.ts';

const here = await office({
  people: { bo: 'member' },
  workspaces: { growth: { bo: 'creator' } },
  workflows: { plan: { in: 'growth', owner: 'bo' } },
});
const bo = here.as('bo');

test.each([
  ['a number for a text', { query: 5 }, '/query', /string.*number/],
  ['null for a text', { query: null }, '/query', /string.*null/],
  ['a text for a number', { limit: '5' }, '/limit', /number.*string/],
  ['a part for a whole', { limit: 1.5 }, '/limit', /int/],
  ['a list for a text', { query: [] }, '/query', /string.*array/],
])('%s reads as the wrong type that it is, not as missing (EXT-11)', async (_what, args, pointer, words) => {
  const { error } = await bo('list_workflows', args);
  expect(error).toMatchObject({ code: 'invalid_argument', pointer, message: expect.stringMatching(words) });
  expect(error.message).not.toContain('missing');
});

test('what is missing reads as missing, also deep inside and beside what is wrong (EXT-11)', async () => {
  expect(await bo('open_workflow', {})).toMatchObject({
    error: { code: 'invalid_argument', pointer: '/id', message: '/id: It is missing.' },
  });
  const { error } = await bo('decide_access_requests', { decisions: [{ id: 5 }] });
  const findings = Object.fromEntries(
    error.findings.map(({ pointer, message }: Record<string, string>) => [pointer, message]),
  );
  expect(findings['/decisions/0/id']).not.toContain('missing');
  expect(Object.keys(findings)).toContain('/decisions/0/decision');
});

test.each([2_147_483_648, 9_999_999_999, Number.MAX_SAFE_INTEGER])(
  'a revision %i that nothing has is a conflict or unknown, wherever it is named (VER-1, VER-2)',
  async (beyond) => {
    const id = here.id('plan');
    expect(await bo('edit_workflow', { id, revision: beyond, name: 'x' })).toMatchObject({
      error: { code: 'conflict', current: { revision: 1 } },
    });
    expect(await bo('restore_revision', { id, restore: 1, revision: beyond })).toMatchObject({
      error: { code: 'conflict', current: { revision: 1 } },
    });
    expect(await bo('restore_revision', { id, restore: beyond, revision: 1 })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/restore' },
    });
    expect(await bo('open_workflow', { id, revision: beyond })).toMatchObject({
      error: { code: 'invalid_argument', pointer: '/revision' },
    });
    for (const compare of [
      { from: 1, to: beyond },
      { from: beyond, to: 1 },
    ])
      expect(await bo('list_revisions', { id, compare })).toMatchObject({
        error: { code: 'invalid_argument', pointer: '/compare' },
      });
    expect(await bo('open_workflow', { id })).toMatchObject({ name: 'plan', revision: 1 });
  },
);

test('of many arguments that there are not the first are named, and of a great many none (EXT-11)', async () => {
  const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`no_${i}`, 1]));
  const { error } = await bo('open_workflow', { id: here.id('plan'), ...many(150) });
  expect(error).toMatchObject({ code: 'invalid_argument', pointer: '/no_0' });
  expect(error.findings).toHaveLength(20);
  expect(await bo('open_workflow', { id: here.id('plan'), ...many(5_000) })).toMatchObject({
    error: { code: 'invalid_argument', message: expect.stringContaining('more than 200 arguments') },
  });
});
