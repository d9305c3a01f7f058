import { cleanLine } from '../terms/text.ts';
import type { Format } from './document.ts';
import { isObject, type JsonObject, type JsonValue } from './json.ts';
import { type Call, n8nCalls, serverlessCall, shownWithoutIds, withoutIds } from './links.ts';
import { isNote, isTrigger, nodesOf } from './n8n.ts';
import type { Path } from './pointer.ts';
import { taskKinds } from './serverless.ts';

/** One step or trigger, and where it is read. */
export interface Place {
  readonly at: string;
  readonly name: string;
  readonly type?: string;
}

/** As many as an outline may ever list, and how many there are. */
interface Places {
  readonly first: Place[];
  total: number;
}

export interface Parts {
  readonly triggers: Places;
  readonly steps: Places;
  readonly calls: readonly Call[];
}

const mostListed = 40;
/** Characters kept of a name before it is cleaned; an outline shows 80. */
const longestRead = 400;

/** Where the DSL nests tasks in a task. */
const nested = [
  ['do'],
  ['try'],
  ['catch', 'do'],
  ['fork', 'branches'],
  ['foreach', 'do'],
  ['with', 'subscription', 'foreach', 'do'],
];

export function partsOf(format: Format, value: JsonObject): Parts {
  if (format === 'n8n') return n8nParts(value);
  return format === 'serverless-workflow' ? serverlessParts(value) : jsonParts(value);
}

function n8nParts(document: JsonObject): Parts {
  const triggers: Places = { first: [], total: 0 };
  const steps: Places = { first: [], total: 0 };
  for (const [i, node] of nodesOf(document).entries()) {
    const type = typeof node.type === 'string' ? node.type.replace(/^n8n-nodes-base\./, '') : '';
    if (!isNote(node)) add(isTrigger(node) ? triggers : steps, ['nodes', i], String(node.name), type);
  }
  return { triggers, steps, calls: n8nCalls(document) };
}

function serverlessParts(document: JsonObject): Parts {
  const triggers: Places = { first: [], total: 0 };
  const steps: Places = { first: [], total: 0 };
  const calls: Call[] = [];
  for (const [key, when] of Object.entries(isObject(document.schedule) ? document.schedule : {})) {
    add(triggers, ['schedule', key], typeof when === 'string' ? when : key, key);
  }
  tasks(document.do, ['do']);
  return { triggers, steps, calls };

  function tasks(list: JsonValue | undefined, at: Path): void {
    if (!Array.isArray(list)) return;
    for (const [i, item] of list.entries())
      for (const [name, task] of Object.entries(isObject(item) ? item : {})) {
        if (!isObject(task)) continue;
        const here = [...at, i, name];
        add(steps, here, name, kindOf(task));
        const call = serverlessCall(task, here);
        if (call && calls.length < mostListed) calls.push(call);
        for (const steps of nested) tasks(steps.reduce<JsonValue | undefined>(member, task), [...here, ...steps]);
      }
  }
}

function jsonParts(document: JsonObject): Parts {
  const steps: Places = { first: [], total: 0 };
  for (const [key, member] of Object.entries(document)) add(steps, [key], key, sortOf(member));
  return { triggers: { first: [], total: 0 }, steps, calls: [] };
}

function add(places: Places, path: Path, name: string, type: string): void {
  places.total++;
  if (places.first.length >= mostListed) return;
  places.first.push({ at: shownWithoutIds(path), name: tidy(name), ...(type && { type: tidy(type) }) });
}

function kindOf(task: JsonObject): string {
  const kind = taskKinds.find((key) => Object.hasOwn(task, key)) ?? '';
  return kind === 'call' ? `call ${task.call}` : kind;
}

function sortOf(value: JsonValue): string {
  if (Array.isArray(value)) return `list of ${value.length}`;
  return value === null ? 'null' : typeof value === 'string' ? 'text' : typeof value;
}

function member(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return isObject(value) ? value[key] : undefined;
}

function tidy(text: string): string {
  return withoutIds(cleanLine(text.slice(0, longestRead)));
}
