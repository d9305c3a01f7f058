import { expect, test } from 'vitest';
import { decide, type Path } from '../../src/access/decide.ts';
import { type Action, rowFor } from '../../src/access/policy.ts';
import { capabilities, type Kind, kinds } from '../../src/terms/kinds.ts';
import { ladders, type Noun } from '../../src/terms/ladders.ts';
import { actions, facts, page, path, standsOf } from './page.ts';

const highestOf = (action: Action) =>
  standsOf(rowFor(action).on)
    .map(({ paths }) => paths)
    .filter((paths) => decide(action, facts(paths)).outcome === 'allow');

test('what the table does not name is denied: no path, no place, no capability (DEC-7, DEC-3)', () => {
  for (const action of actions) {
    expect(decide(action, facts([])).outcome, action).toBe('hide');
    for (const noun of Object.keys(ladders) as Noun[]) {
      if (rowFor(action).to[noun]) continue;
      expect(decide(action, facts([path(noun, ladders[noun].at(-1)!)])).outcome, `${action} by ${noun}`).not.toBe(
        'allow',
      );
    }
    for (const paths of highestOf(action)) {
      const outcome = decide(action, facts(paths, { places: [] })).outcome;
      expect(outcome, action).toBe(
        rowFor(action).cap || (rowFor(action).to.taking && paths.at(-1)?.noun === 'taking') ? 'deny' : 'allow',
      );
      expect(
        decide(action, facts(paths.map((it) => ({ ...it, override: true }) as Path))).outcome,
        `${action} by override`,
      ).toBe('hide');
    }
  }
});

test('an action takes the lowest rung that suffices, and every rung above it (DEC-1)', () => {
  for (const action of actions) {
    const { on, to } = rowFor(action);
    if (!to[on]) continue;
    const allowed = ladders[on].map((rung) => decide(action, facts([path(on, rung)])).outcome === 'allow');
    expect(allowed.indexOf(true), action).toBe((ladders[on] as readonly string[]).indexOf(to[on]!));
    expect(allowed.lastIndexOf(false), action).toBeLessThan(allowed.indexOf(true));
  }
});

test('the highest of all paths wins, in any order, and the decision names them (DEC-1, DEC-6, 002-11)', () => {
  const paths = [path('resource', 'viewer'), path('resource', 'editor'), path('resource', 'viewer')];
  for (const order of [paths, paths.toReversed()]) {
    const decision = decide('resource.edit', facts(order));
    expect(decision).toMatchObject({ outcome: 'allow', by: [paths[1]] });
    expect(decide('resource.open', facts(order)).by).toHaveLength(3);
    expect(decide('resource.delete', facts(order))).toMatchObject({ outcome: 'deny', missing: 'rung' });
  }
});

test('each kind is capped by its own capability, and by nothing else (WS-4, OWN-4, 004-33, 004-34)', () => {
  for (const kind of Object.keys(kinds) as Kind[]) {
    for (const capability of capabilities) {
      const switches = Object.fromEntries(capabilities.map((it) => [it, it === capability]));
      const { outcome } = decide('resource.edit', facts([path('resource', 'owner')], { kind, switches }));
      expect(outcome, `${kind} with ${capability}`).toBe(kinds[kind] === capability ? 'allow' : 'deny');
    }
  }
});

test('docs/access.md is the policy, printed (EXP-9)', async () => {
  await expect(page()).toMatchFileSnapshot('../../docs/access.md');
});
