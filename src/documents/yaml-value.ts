import type { ParsedNode, Scalar, YAMLMap } from 'yaml';
import type { Finding } from '../terms/problem.ts';
import { deepest, isObject, mostFindings } from './json.ts';
import { isRounded, type Read } from './json-text.ts';
import { yaml } from './libraries.ts';
import { shown } from './pointer.ts';

/** What JSON has too; every other tag is refused. */
const knownTags = new Set(
  ['str', 'int', 'float', 'bool', 'null', 'map', 'seq'].map((name) => `tag:yaml.org,2002:${name}`),
);
/** 1 MiB of JSON holds no more; without a bound, merging one large map again and again takes minutes. */
const mostMerged = 250_000;

/** What a parsed node stands for. Aliases share the value they repeat, so that a billion of them cost no more than one. */
export function resolved(root: unknown): Read {
  const { isAlias, isMap, isScalar, isSeq } = yaml();
  const errors: Finding[] = [];
  const warnings: Finding[] = [];
  const path: (string | number)[] = [];
  const anchors = new Map<string, unknown>();
  let merged = 0;
  return { value: resolve(root as ParsedNode | null), errors, warnings };

  function resolve(node: ParsedNode | null): unknown {
    if (!node) return null;
    if (isAlias(node))
      return anchors.has(node.source)
        ? anchors.get(node.source)
        : wrong('An alias of an anchor that is not set before it.');
    if (node.tag && node.tag !== '!' && !knownTags.has(node.tag))
      return wrong('Only YAML tags that JSON has a type for are taken.');
    if (path.length >= deepest && !isScalar(node)) return wrong(`Nested more than ${deepest} levels deep.`);
    const value = isMap(node)
      ? map(node)
      : isSeq(node)
        ? node.items.map((item, i) => within(i, item as ParsedNode))
        : scalar(node);
    if (node.anchor) anchors.set(node.anchor, value);
    return value;
  }

  function map(node: YAMLMap): Record<string, unknown> {
    const own: Record<string, unknown> = {};
    const inherited: unknown[] = [];
    for (const pair of node.items) {
      const key = keyOf(pair.key);
      const value = pair.value as ParsedNode | null;
      if (key === undefined) wrong('A key must be text, a number, true or false.');
      else if (key === '<<' && isPlainText(pair.key)) inherited.push(within(key, value));
      else if (key === '__proto__') wrongAt(key, 'The key __proto__ is not taken.');
      else if (Object.hasOwn(own, key)) wrongAt(key, 'This key is there twice.');
      else own[key] = within(key, value);
    }
    return inherited.length ? Object.assign(merge(inherited.flat()), own) : own;
  }

  /** As the tools do that know `<<`: what comes first wins. */
  function merge(sources: readonly unknown[]): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (const source of sources) {
      if (merged > mostMerged) break;
      if (!isObject(source)) {
        wrongAt('<<', 'A merge key takes a map or a list of maps.');
        continue;
      }
      const members = Object.entries(source);
      merged += members.length;
      if (merged > mostMerged) wrongAt('<<', 'Merge keys repeat more than 1 MiB holds.');
      for (const [key, value] of members) if (!Object.hasOwn(result, key)) result[key] = value;
    }
    return result;
  }

  function scalar(node: Scalar): unknown {
    if (typeof node.value === 'number' && isRounded(node.source ?? '')) {
      warnings.push({ pointer: shown(path), message: `Too long for a number: it is read as ${node.value}.` });
    }
    return node.value;
  }

  function within(step: string | number, node: ParsedNode | null): unknown {
    path.push(step);
    const value = resolve(node);
    path.pop();
    return value;
  }

  function wrongAt(step: string, message: string): void {
    path.push(step);
    wrong(message);
    path.pop();
  }

  function wrong(message: string): null {
    errors.push({ pointer: errors.length < mostFindings ? shown(path) : '', message });
    return null;
  }
}

function keyOf(key: unknown): string | undefined {
  if (!yaml().isScalar(key)) return undefined;
  if (typeof key.value === 'string') return key.value;
  return typeof key.value === 'number' || typeof key.value === 'boolean'
    ? (key.source ?? String(key.value))
    : undefined;
}

function isPlainText(key: unknown): boolean {
  return yaml().isScalar(key) && key.type === 'PLAIN';
}
