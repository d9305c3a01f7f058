import { readFileSync } from 'node:fs';
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { Finding } from '../terms/problem.ts';
import { isObject, type JsonObject, type Judgement } from './json.ts';
import { ajv, ajvFormats } from './libraries.ts';
import { pathOf, shown } from './pointer.ts';
import { told } from './serverless-errors.ts';

/** At most so many findings, the most specific first: one wrong word breaks many rules of a schema. */
const mostErrors = 10;

/**
 * Collecting all errors of one task takes a validator time by the square of their number, so a longer one is told its first error alone.
 * In characters of JSON.
 */
const longestJudged = 50_000;

/** What makes a task the kind it is; `do` comes last, as `for` has it too. */
export const taskKinds = [
  'call',
  'fork',
  'emit',
  'for',
  'listen',
  'raise',
  'run',
  'set',
  'switch',
  'try',
  'wait',
  'do',
] as const;

interface Task {
  readonly pointer: string;
  readonly value: unknown;
}

export function looksLikeServerless({ document }: JsonObject): boolean {
  return isObject(document) && typeof document.dsl === 'string';
}

/**
 * Judges by the published schema of the DSL 1.0, a task at a time.
 *
 * The schema nests tasks in alternatives, and a validator that follows it takes twice as long with every level: 30 levels take hours.
 * So `task` is cut out of it, and each task that turns up is judged by the part of the schema for its kind.
 */
export function checkServerless(document: JsonObject): Judgement {
  const errors: Finding[] = [];
  const tasks: Task[] = [];
  judge(({ whole }) => whole, document, '');
  for (let i = 0; i < tasks.length && errors.length < mostErrors; i++) judgeTask(tasks[i] as Task);
  return { errors: errors.slice(0, mostErrors), warnings: [] };

  function judgeTask({ pointer, value }: Task) {
    if (!isObject(value)) return wrong(pointer, 'A task is an object.');
    const kind = taskKinds.find((key) => Object.hasOwn(value, key));
    if (!kind) return wrong(pointer, `A task has one of ${taskKinds.join(', ')}.`);
    judge(({ task }) => task(kind, value), value, pointer);
  }

  function judge(pick: (schema: Schema) => ValidateFunction, value: JsonObject, pointer: string): void {
    const found: Task[] = [];
    const quick = pick(schema(false));
    if (!quick.call(found, value)) {
      const all = JSON.stringify(value).length > longestJudged ? quick : pick(schema(true));
      if (all !== quick) {
        found.length = 0;
        all.call(found, value);
      }
      errors.push(...told(all.errors ?? [], pointer));
    }
    for (const task of found) tasks.push({ ...task, pointer: pointer + task.pointer });
  }

  function wrong(pointer: string, message: string): void {
    errors.push({ pointer: shown(pathOf(pointer) ?? []), message });
  }
}

interface Schema {
  readonly whole: ValidateFunction;
  readonly task: (kind: (typeof taskKinds)[number], task: JsonObject) => ValidateFunction;
}

const loaded = new Map<boolean, Schema>();

/** Read and compiled when a document first needs it: that takes some 150 ms. */
function schema(allErrors: boolean): Schema {
  const there = loaded.get(allErrors) ?? load(allErrors);
  loaded.set(allErrors, there);
  return there;
}

function load(allErrors: boolean): Schema {
  const published = JSON.parse(readFileSync(new URL('./serverless-workflow.schema.json', import.meta.url), 'utf8'));
  const calls: { properties?: { call?: { const?: string } } }[][] = published.$defs.callTask.oneOf.map(
    ({ allOf }: { allOf: [] }) => allOf,
  );
  published.$defs.task = { setAside: true };

  // Whether the schema itself is right, a test has seen; to look again, or to tidy up the code made of it, takes longer than to make it.
  const hurried = { validateSchema: false, code: { optimize: false } };
  const judge = new (ajv().Ajv2020)({ strict: false, allErrors, verbose: true, passContext: true, ...hurried });
  ajvFormats().default(judge);
  judge.addKeyword({
    keyword: 'setAside',
    errors: false,
    validate(this: Task[], _: unknown, value: unknown, __?: unknown, at?: { instancePath: string }) {
      this.push({ pointer: at?.instancePath ?? '', value });
      return true;
    },
  });
  const whole = judge.compile(published);
  return {
    whole,
    task(kind, { call }) {
      const own = calls.findIndex((parts) => parts.some(({ properties }) => properties?.call?.const === call));
      const place = kind === 'call' ? `callTask/oneOf/${own < 0 ? calls.length - 1 : own}` : `${kind}Task`;
      return judge.getSchema(`${published.$id}#/$defs/${place}`) as ValidateFunction;
    },
  };
}
