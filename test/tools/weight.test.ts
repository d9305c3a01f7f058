import { encode } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { weightOf } from '../../src/workspace/weight.ts';
import { realDocuments } from '../documents/world.ts';
import { office } from '../support/office.ts';

test('50 ordinary rows come in one page of less than 8,000 tokens (section 14)', async () => {
  const here = await office({
    people: { bo: 'member' },
    workspaces: { w: { bo: 'creator' } },
    workflows: Object.fromEntries(
      Array.from({ length: 55 }, (_, i) => [`Quarterly report of region ${i}`, { in: 'w', owner: 'bo' }]),
    ),
  });
  const { client, call } = await here.seated(await here.key('bo'));
  const page = await call('list_workflows', { limit: 50 });
  expect(page).toMatchObject({ total: 55, next_cursor: expect.any(String) });
  expect(page.items).toHaveLength(50);
  const result = await client.callTool({ name: 'list_workflows', arguments: { limit: 50 } });
  expect(encode((result.content as { text: string }[])[0]?.text ?? '').length).toBeLessThan(8_000);
});

test('opening one of the twelve largest real documents, whole or by every pointer of its outline, stays under 8,000 tokens (DOC-3)', async () => {
  const here = await office({ people: { bo: 'member' }, workspaces: { w: { bo: 'creator' } } });
  const { client, call } = await here.seated(await here.key('bo'));
  const largest = realDocuments()
    .sort((a, b) => b.text.length - a.text.length)
    .slice(0, 12);
  for (const { name, text } of largest) {
    const { id, outline } = await call('create_workflow', { name, document: text });
    const pointers = [...outline.triggers, ...outline.steps].map((it: { at: string }) => it.at);
    // A call takes twenty.
    const some = Array.from({ length: Math.ceil(pointers.length / 20) }, (_, i) =>
      pointers.slice(20 * i, 20 * (i + 1)),
    );
    for (const wish of [{ include: ['document'] }, ...some.flatMap((at) => [{ at }, { include: ['document'], at }])]) {
      const result = await client.callTool({ name: 'open_workflow', arguments: { id, ...wish } });
      expect(result.isError, name).not.toBe(true);
      expect(encode((result.content as { text: string }[])[0]?.text ?? '').length, name).toBeLessThan(8_000);
    }
  }
});

test('a text is estimated from above: at less than 85 % of what it costs, never', () => {
  const random = (letters: string, length: number) => {
    let state = 7;
    const next = () => (state = (state * 1103515245 + 12345) % 2147483648);
    return Array.from({ length }, () => [...letters][next() % [...letters].length]).join('');
  };
  const lower = 'abcdefghijklmnopqrstuvwxyz';
  for (const letters of [
    lower,
    lower.toUpperCase(),
    lower + lower.toUpperCase(),
    '0123456789',
    `${lower}0123456789`,
    '!#$%&()*+,-./:;<=>?@[]^_`{|}~',
    '"\\\n\t',
    'äöüßéèñ',
    'ꯀꯁꯂꯃ',
    '漢字仮名交文',
    '😀🏳️‍🌈👩‍🚀',
    `${lower} .,`,
  ])
    expect(weightOf(random(letters, 4000)), letters).toBeGreaterThan(
      0.85 * encode(JSON.stringify(random(letters, 4000))).length,
    );
});
