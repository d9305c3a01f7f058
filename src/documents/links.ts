import { prefixes } from '../terms/ids.ts';
import { kindNames } from '../terms/kinds.ts';
import { cleanLine } from '../terms/text.ts';
import { isObject, type JsonObject, type JsonValue, mostFindings } from './json.ts';
import { nodesOf } from './n8n.ts';
import { type Path, shown } from './pointer.ts';

/** A resource of ours that a document names. Whether the reader may know of it is for the caller to decide (section 14). */
export interface Link {
  readonly pointer: string;
  readonly id: string;
}

/** A workflow that a document calls by a name or id of its own world. */
export interface Call {
  readonly pointer: string;
  readonly name: string;
}

const ourId = new RegExp(`(?:${kindNames.map((kind) => prefixes[kind]).join('|')})_[0-7][0-9a-hjkmnp-tv-z]{25}`, 'g');

/** The text without any id of ours, so that only `Link.id` names one. */
export function withoutIds(text: string): string {
  return text.replace(ourId, '…');
}

/** The pointer as an outline shows it: it ends before a key that names an id. */
export function shownWithoutIds(path: Path): string {
  const end = path.findIndex((step) => withoutIds(String(step)) !== String(step));
  return shown(end < 0 ? path : path.slice(0, end));
}

/** Every resource id of ours in the keys and texts of a document, in any wrapping (a URI, a Studio link), each once. */
export function linksIn(value: JsonValue): Link[] {
  const found = new Map<string, string>();
  const path: (string | number)[] = [];
  visit(value);
  return [...found].map(([id, pointer]) => ({ pointer, id }));

  function visit(at: JsonValue): void {
    if (found.size >= mostFindings) return;
    if (typeof at === 'string') note(at);
    if (!Array.isArray(at) && !isObject(at)) return;
    const members: Iterable<[string | number, JsonValue]> = Array.isArray(at) ? at.entries() : Object.entries(at);
    for (const [step, member] of members) {
      if (typeof step === 'string') note(step);
      path.push(step);
      visit(member);
      path.pop();
    }
  }

  function note(text: string): void {
    for (const [id] of text.matchAll(ourId)) {
      if (found.size < mostFindings && !found.has(id)) found.set(id, shownWithoutIds(path));
    }
  }
}

/** The other workflows that an n8n document executes, by the name n8n kept of them or else by its own id. */
export function n8nCalls(document: JsonObject): Call[] {
  return nodesOf(document).flatMap(({ type, parameters }, i) => {
    if (!/\.(?:executeWorkflow|toolWorkflow)$/.test(String(type)) || !isObject(parameters)) return [];
    const { workflowId: target } = parameters;
    const name = isObject(target) ? target.cachedResultName || target.value : target;
    return typeof name === 'string' && tidy(name)
      ? [{ pointer: `/nodes/${i}/parameters/workflowId`, name: tidy(name) }]
      : [];
  });
}

/** The workflow that a task of the DSL runs. */
export function serverlessCall(task: JsonObject, at: Path): Call | undefined {
  const workflow = isObject(task.run) ? task.run.workflow : undefined;
  if (!isObject(workflow)) return undefined;
  const name = tidy(`${workflow.namespace}/${workflow.name}:${workflow.version}`);
  return { pointer: shownWithoutIds([...at, 'run', 'workflow']), name };
}

function tidy(name: string): string {
  return withoutIds(cleanLine(name));
}
