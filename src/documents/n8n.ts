import type { Finding } from '../terms/problem.ts';
import { isObject, type JsonObject, type JsonValue, type Judgement } from './json.ts';
import { type Path, shown } from './pointer.ts';

/** One output wired to one input. */
interface Wire {
  readonly from: string;
  readonly to: string;
  /** `main`, or `ai_tool` and its like, by which a part serves the node it is plugged into. */
  readonly kind: string;
  readonly at: Path;
}

export function looksLikeN8n({ nodes, connections }: JsonObject): boolean {
  if (!Array.isArray(nodes)) return false;
  return (
    isObject(connections) || nodes.some((node) => isObject(node) && /^(@n8n\/)?n8n-nodes-/.test(String(node.type)))
  );
}

/** Refused is what n8n cannot import; what it passes over is a warning (DOC-2). */
export function checkN8n(document: JsonObject): Judgement {
  const { nodes } = document;
  if (!Array.isArray(nodes))
    return { errors: [{ pointer: '/nodes', message: 'An n8n document has a list of nodes here.' }], warnings: [] };
  const errors = wrongNames(nodes);
  return { errors, warnings: errors.length ? [] : [...wiresToNowhere(document), ...unreached(document)] };
}

export function nodesOf({ nodes }: JsonObject): readonly JsonObject[] {
  return Array.isArray(nodes) ? nodes.filter(isObject) : [];
}

/** Whether a node starts a run. */
export function isTrigger({ type }: JsonObject): boolean {
  return typeof type === 'string' && /(?:trigger|[./](?:webhook|cron|interval|start|emailReadImap))$/i.test(type);
}

export function isNote({ type }: JsonObject): boolean {
  return typeof type === 'string' && type.endsWith('.stickyNote');
}

function wrongNames(nodes: readonly JsonValue[]): Finding[] {
  const errors: Finding[] = [];
  const first = new Map<string, number>();
  for (const [i, node] of nodes.entries()) {
    const name = isObject(node) ? node.name : undefined;
    if (!isObject(node)) errors.push({ pointer: `/nodes/${i}`, message: 'A node is an object.' });
    else if (typeof name !== 'string' || name === '')
      errors.push({ pointer: `/nodes/${i}/name`, message: 'A node has a name.' });
    else if (first.has(name))
      errors.push({ pointer: `/nodes/${i}/name`, message: `The same name as at /nodes/${first.get(name)}/name.` });
    else first.set(name, i);
  }
  return errors;
}

function wiresToNowhere(document: JsonObject): Finding[] {
  const names = new Set(nodesOf(document).map(({ name }) => name));
  const sources = isObject(document.connections) ? Object.keys(document.connections) : [];
  return [
    ...sources
      .filter((name) => !names.has(name))
      .map((name) => ({
        pointer: shown(['connections', name]),
        message: 'Connections from a node that is not there; n8n passes over them.',
      })),
    ...wiresOf(document)
      .filter(({ to }) => !names.has(to))
      .map(({ at }) => ({
        pointer: shown([...at, 'node']),
        message: 'A connection to a node that is not there; n8n passes over it.',
      })),
  ];
}

/** Nodes that would never run: nothing leads to them, they start nothing, and they serve no other node. */
function unreached(document: JsonObject): Finding[] {
  const nodes = nodesOf(document);
  const names = new Set(nodes.map(({ name }) => name));
  const wires = wiresOf(document).filter(({ from, to }) => names.has(from) && names.has(to) && from !== to);
  const reached = new Set(wires.map(({ to }) => to));
  const serving = new Set(wires.filter(({ kind }) => kind.startsWith('ai_')).map(({ from }) => from));
  return nodes.flatMap((node, i) => {
    const name = String(node.name);
    if (reached.has(name) || serving.has(name) || isTrigger(node) || isNote(node)) return [];
    return [{ pointer: `/nodes/${i}`, message: 'Nothing leads to this node.' }];
  });
}

/** Every wire that can be read as one; n8n passes over the rest as well. */
function wiresOf({ connections }: JsonObject): Wire[] {
  const wires: Wire[] = [];
  for (const [from, kinds] of members(connections))
    for (const [kind, outputs] of members(kinds))
      for (const [output, targets] of items(outputs))
        for (const [i, target] of items(targets))
          if (isObject(target) && typeof target.node === 'string') {
            wires.push({ from, to: target.node, kind, at: ['connections', from, kind, output, i] });
          }
  return wires;
}

function members(value: JsonValue | undefined): [string, JsonValue][] {
  return isObject(value) ? Object.entries(value) : [];
}

function items(value: JsonValue | undefined): Iterable<[number, JsonValue]> {
  return Array.isArray(value) ? value.entries() : [];
}
