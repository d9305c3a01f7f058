import { expect, test } from 'vitest';
import { operations } from '../../src/workspace/operations.ts';
import { catalogue } from '../../tools/index.ts';
import { saidOf } from '../support/office.ts';
import { casesOn, leaves, type Noun, plain } from './naming.ts';
import { hiddenFrom, type Named } from './unseen.ts';

const tools = Object.values(catalogue).flat();
const { seats, own, hidden } = await hiddenFrom();
const cases = casesOn(own, operations.simulate_access.input.shape.change.options);

/** What differs in any two answers, whatever was named: new ids, times, what is sealed. */
const settled = (wire: string) =>
  wire
    .replaceAll(/\b(?:req|inv)_[0-9a-z]{26}\b/g, 'NEW')
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, 'TIME')
    .replaceAll(/(\\?"(?:confirm|latest|link)\\?":\\?")[^"\\]+/g, '$1SEALED');

const said = async (who: 'root' | undefined, name: string, args: Record<string, unknown>, named: string) =>
  settled((await seats[who ?? 'bo'].said(name, args)).replaceAll(named, 'NAMED'));

test('every argument of every tool that could name something is named below, or can name nothing (EXT-2, EXT-12)', () => {
  const naming = tools.flatMap(({ entry }) =>
    leaves(entry.inputSchema)
      .filter((argument) => !plain.has(argument) && !plain.has(`${entry.name}.${argument}`))
      .map((argument) => `${entry.name}.${argument}`),
  );
  expect([...new Set(cases.map(({ tool, argument }) => `${tool}.${argument}`))].toSorted()).toEqual(naming.toSorted());
});

test.each(cases.map((it) => [`${it.tool}.${it.argument}`, it.noun, it] as const))(
  '%s: a hidden %s and one that never was give the same bytes but for what was named (EXT-2, EXT-12, DIR-1)',
  async (_title, noun, { tool, args, answers = 'not_found', by, who }) => {
    const { ids, names } = hidden[noun as Noun] as Named;
    for (const [unknown, unseen] of [...(by === 'name' ? [] : [ids]), ...(by === 'id' || !names ? [] : [names])]) {
      const answer = (it: string) => said(who, tool, args(it), it);
      const [missing, seen] = await Promise.all([answer(unknown), saidOf(unseen, answer)]);
      if (answers === 'not_found') expect(missing).toContain('not_found');
      else expect(missing).not.toContain('isError');
      for (const [what, it] of seen) expect(it, what).toBe(missing);
    }
  },
);

test('nothing that stands in such an argument makes an error of ours, and what can’t be read is not said again (EXT-7, EXT-12)', async () => {
  const asked = cases.map(async ({ tool, argument, args, who }) => {
    const { error } = await seats[who ?? 'bo'].call(tool, args('\u0000zq\u202e'));
    expect(error?.code, `${tool}.${argument}`).not.toBe('internal');
    expect(error?.message ?? '', `${tool}.${argument}`).not.toMatch(/zq|\u202e/);
  });
  await Promise.all(asked);
}, 60_000);
