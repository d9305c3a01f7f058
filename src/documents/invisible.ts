import { hidesSomething } from '../terms/text.ts';
import { isObject, mostFindings } from './json.ts';
import { shown } from './pointer.ts';

/** Where a document holds characters that no reader sees: a text, or the object with such a key. 20 places at most (section 14). */
export function invisibleIn(value: unknown): string[] {
  const places = new Set<string>();
  const path: (string | number)[] = [];
  visit(value);
  return [...places];

  function visit(at: unknown): void {
    if (places.size >= mostFindings) return;
    if (typeof at === 'string' && hidesSomething(at)) places.add(shown(path));
    if (!Array.isArray(at) && !isObject(at)) return;
    const members: Iterable<[string | number, unknown]> = Array.isArray(at) ? at.entries() : Object.entries(at);
    for (const [step, member] of members) {
      if (typeof step === 'string' && hidesSomething(step)) places.add(shown(path));
      path.push(step);
      visit(member);
      path.pop();
    }
  }
}
