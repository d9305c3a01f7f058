import { expect } from 'vitest';
import type { Service } from './agent.ts';
import type { Call } from './office.ts';
import { rawly } from './raw.ts';

/** Opens workflows over REST, and is called as tools are. */
export function overRest(service: Service, secret: string): Call {
  const send = rawly(service, secret);
  return async (_, { id, ...asked } = {}) => {
    const query = new URLSearchParams();
    for (const [name, value] of Object.entries(asked)) for (const it of [value].flat()) query.append(name, String(it));
    return (await send(`GET /workflows/${id}?${query}`)).body;
  };
}

/** The document as its readers get it: whole where it fits, else part by part, down to what fits. */
export async function readWhole(call: Call, id: string): Promise<unknown> {
  const first = await call('open_workflow', { id, include: ['document'] });
  return 'document' in first ? first.document : assembled(call, id, first.omitted[0]);
}

/** The text of a revision in the form in which it came (DOC-5), however many answers it takes. */
export const sourceOf = (call: Call, id: string, revision: number): Promise<string> =>
  textOf(call, { id, revision, include: ['source'] }, 'source');

type Omitted = { pointer: string; inside?: string[]; more?: number; next?: number };

async function assembled(call: Call, id: string, { pointer, inside, more }: Omitted): Promise<unknown> {
  if (!inside) return textOf(call, { id, at: [pointer] }, pointer);
  expect(more, `${pointer} tells all that is inside of it`).toBeUndefined();
  const members: [string, unknown][] = [];
  let left = inside;
  while (left.length) {
    const { parts = {}, omitted = [], error } = await call('open_workflow', { id, at: left.slice(0, 10) });
    expect(error).toBeUndefined();
    const cut = new Set((omitted as Omitted[]).filter(({ next }) => next !== undefined).map((it) => it.pointer));
    const whole = Object.entries(parts).filter(([at]) => !cut.has(at));
    members.push(...whole);
    const [alone] = left;
    if (whole.length === 0)
      members.push([
        alone as string,
        await assembled(call, id, (omitted as Omitted[]).find((it) => it.pointer === alone) as Omitted),
      ]);
    const had = new Set(members.map(([it]) => it));
    left = left.filter((it) => !had.has(it));
  }
  const byStep = members.map(
    ([at, value]) =>
      [
        at
          .slice(at.lastIndexOf('/') + 1)
          .replaceAll('~1', '/')
          .replaceAll('~0', '~'),
        value,
      ] as const,
  );
  const isList = byStep.every(([step]) => /^\d+$/.test(step));
  return isList
    ? byStep.sort(([a], [b]) => Number(a) - Number(b)).map(([, value]) => value)
    : Object.fromEntries(byStep);
}

/** A text that one answer may not hold, stretch by stretch. */
async function textOf(call: Call, asked: Record<string, unknown>, pointer: string): Promise<string> {
  let text = '';
  for (let from: number | undefined = 0; from !== undefined; ) {
    const { parts, omitted } = await call('open_workflow', { ...asked, from });
    text += parts[pointer];
    from = omitted?.[0].next;
  }
  return text;
}
