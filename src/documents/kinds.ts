import * as z from 'zod';
import type { Finding } from '../terms/problem.ts';
import type { JsonObject, Judgement } from './json.ts';
import { type Path, shown } from './pointer.ts';

const line = z.string('It is a text.');
const lines = z.array(line, 'It is a list of texts.');
const settings = z.record(z.string(), z.unknown(), 'It is an object.');
const time = z.iso.datetime({ offset: true, error: 'It is a time like 2027-01-31T00:00:00Z.' });
const address = line.refine(
  (it) => /^https?:\/\//i.test(it) && URL.canParse(it),
  'It is an address like https://api.acme.test.',
);

const tool = z.union([line, z.looseObject({ name: line })], 'It is a name, or an object with a name.');
const message = z.looseObject(
  {
    role: z.enum(['user', 'assistant', 'system', 'tool'], 'It is user, assistant, system or tool.'),
    content: z.union([line, z.array(settings)], 'It is a text, or a list of parts.'),
    at: time.optional(),
  },
  'It is an object with role and content.',
);
const color = z.looseObject({ name: line.optional(), value: line }, 'It is an object with a value.');
const font = z.looseObject({ name: line, use: line.optional() }, 'It is an object with a name.');
const logo = z.looseObject({ name: line.optional(), address }, 'It is an object with an address.');

/** What a document of each kind but workflows is made of; what is not named here is kept, and warned of. */
const shapes = {
  assistant: z.looseObject({
    instructions: line,
    model: line.optional(),
    temperature: z.number('It is a number.').optional(),
    tools: z.array(tool, 'It is a list.').optional(),
    datasources: lines.optional(),
    greeting: line.optional(),
    settings: settings.optional(),
  }),
  datasource: z.looseObject({
    type: line,
    address: address.optional(),
    items: z.array(z.unknown(), 'It is a list.').optional(),
    schema: settings.optional(),
    settings: settings.optional(),
  }),
  conversation: z.looseObject({
    messages: z.array(message, 'It is a list of messages.'),
    assistant: line.optional(),
    title: line.optional(),
    settings: settings.optional(),
  }),
  chat_widget: z.looseObject({
    title: line.optional(),
    greeting: line.optional(),
    assistant: line.optional(),
    workflow: line.optional(),
    domains: lines.optional(),
    appearance: settings.optional(),
    settings: settings.optional(),
  }),
  integration: z.looseObject({
    provider: line,
    address: address
      .refine((it) => !URL.canParse(it) || !new URL(it).password, 'An address holds no password: send it as secret.')
      .optional(),
    settings: settings.optional(),
  }),
  brand_kit: z.looseObject({
    colors: z.array(color, 'It is a list of colors.').optional(),
    fonts: z.array(font, 'It is a list of fonts.').optional(),
    logos: z.array(logo, 'It is a list of logos.').optional(),
    voice: z.union([line, settings], 'It is a text or an object.').optional(),
    settings: settings.optional(),
  }),
} as const;

export type ShapedFormat = keyof typeof shapes;

/** How each kind but workflows judges a document: what it names has to fit, the rest is kept as it came. */
export const shapeChecks = Object.fromEntries(
  Object.keys(shapes).map((kind) => [kind, (value: JsonObject) => judged(kind as ShapedFormat, value)]),
) as Readonly<Record<ShapedFormat, (value: JsonObject) => Judgement>>;

function judged(kind: ShapedFormat, value: JsonObject): Judgement {
  const shape = shapes[kind];
  const read = shape.safeParse(value, { reportInput: true });
  const errors = (read.error?.issues ?? []).map(
    ({ path, input, message }): Finding => ({
      pointer: shown(path as Path),
      message: input === undefined ? 'It is missing.' : message,
    }),
  );
  const others = Object.keys(value).filter((key) => !Object.hasOwn(shape.shape, key));
  return {
    errors: kind === 'integration' ? [...errors, ...secretsIn(value)] : errors,
    warnings: others.map((key) => ({ pointer: shown([key]), message: `It is no part of ${named(kind)}; it is kept.` })),
  };
}

const named = (kind: ShapedFormat) => `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind.replaceAll('_', ' ')}`;

const telling =
  /^(?:(?:x[-_]?)?api[-_]?(?:key|token|secret)|(?:access|auth|refresh|bearer)[-_]?token|client[-_]?secret|secret(?:[-_]?key)?|pass(?:word|wd|phrase)|token|private[-_]?key|(?:proxy[-_]?)?authorization)$/i;

/** Texts that stand where a secret does: a document is read by whoever may open it, in every revision. A `{{placeholder}}` is none. */
function secretsIn(value: JsonObject): Finding[] {
  const found: Finding[] = [];
  const path: (string | number)[] = [];
  visit(value);
  return found;

  function visit(at: unknown): void {
    if (typeof at !== 'object' || at === null) return;
    for (const [key, member] of Object.entries(at)) {
      path.push(Array.isArray(at) ? Number(key) : key);
      if (telling.test(key) && typeof member === 'string' && member !== '' && !member.includes('{{'))
        found.push({ pointer: shown(path), message: 'A secret is no part of the document: send it as secret.' });
      visit(member);
      path.pop();
    }
  }
}
