import type { ErrorObject } from 'ajv';
import type { Finding } from '../terms/problem.ts';
import { pathOf, pointerOf, shown } from './pointer.ts';

/** A hostile document breaks a rule a thousand times; the first few hundred tell enough. */
const mostJudged = 300;

const names: Record<string, string> = {
  object: 'an object',
  array: 'a list',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  null: 'null',
};

interface Said extends Finding {
  /** What several alternatives ask for at one place is said in one sentence. */
  readonly wants?: { readonly verb: string; readonly what: string };
  /** The higher says more about what is wrong. */
  readonly rank: number;
}

/** A validator's errors in our own words, the deepest first; what only follows from a deeper error is left out. */
export function told(errors: readonly ErrorObject[], base: string): Finding[] {
  const first = errors.slice(0, mostJudged);
  const open = new Set(
    first.filter(({ keyword }) => keyword === 'oneOf' || keyword === 'anyOf').map(({ instancePath }) => instancePath),
  );
  const said = first.map((error) => say(error, open.has(error.instancePath)));

  const places = Map.groupBy(said, ({ pointer }) => pointer);
  const within = new Set([...places.keys()].flatMap(ancestors));
  return [...places]
    .filter(([pointer]) => !within.has(pointer))
    .map(([pointer, findings]) => ({
      at: pathOf(base + pointer) ?? [],
      message: together(findings),
      rank: findings[0]?.rank,
    }))
    .filter(({ rank }, _, all) => rank !== 0 || all.every((other) => other.rank === 0))
    .sort((a, b) => b.at.length - a.at.length)
    .map(({ at, message }) => ({ pointer: shown(at), message }));
}

/** `open`: none of the alternatives at this place fits, so that what is "not known" there may well be known to one of them. */
function say({ keyword, params, instancePath: pointer, parentSchema, message }: ErrorObject, open: boolean): Said {
  const title = parentSchema?.title;
  switch (keyword) {
    case 'required':
      if (open) return { pointer, message: '', wants: { verb: 'Needs', what: params.missingProperty }, rank: 3 };
      return { pointer: pointer + pointerOf([params.missingProperty]), message: 'Is required.', rank: 4 };
    case 'unevaluatedProperties':
    case 'additionalProperties': {
      const key = params.unevaluatedProperty ?? params.additionalProperty;
      return { pointer: pointer + pointerOf([key]), message: 'Is not known here.', rank: open ? 0 : 2 };
    }
    case 'type':
      return {
        pointer,
        message: '',
        wants: { verb: 'Must be', what: names[params.type] ?? String(params.type) },
        rank: 5,
      };
    case 'const':
      return { pointer, message: '', wants: { verb: 'Must be', what: JSON.stringify(params.allowedValue) }, rank: 5 };
    case 'enum':
      return { pointer, message: '', wants: { verb: 'Must be', what: params.allowedValues.join(', ') }, rank: 5 };
    case 'pattern':
    case 'format':
      return { pointer, message: `Is not a well-formed ${title ?? params.format ?? 'value'}.`, rank: 5 };
    case 'minProperties':
      return { pointer, message: `Needs at least ${params.limit} member.`, rank: 4 };
    case 'maxProperties':
      return { pointer, message: `Takes at most ${params.limit} member.`, rank: 4 };
    case 'oneOf':
    case 'anyOf':
      return { pointer, message: 'Fits none, or more than one, of the forms that are allowed here.', rank: 1 };
    case 'false schema':
    case 'not':
      return { pointer, message: 'Is not allowed here.', rank: 2 };
    default:
      return { pointer, message: `It ${message}.`, rank: 3 };
  }
}

function together(findings: Said[]): string {
  findings.sort((a, b) => b.rank - a.rank);
  const [best] = findings;
  if (!best?.wants) return best?.message ?? '';
  const { verb } = best.wants;
  const whats = new Set(findings.flatMap(({ wants }) => (wants?.verb === verb ? [wants.what] : [])));
  return `${verb} ${[...whats].join(' or ')}.`;
}

function ancestors(pointer: string): string[] {
  const found: string[] = [];
  for (let end = pointer.lastIndexOf('/'); end >= 0; end = pointer.lastIndexOf('/', end - 1)) {
    found.push(pointer.slice(0, end));
    if (end === 0) break;
  }
  return found;
}
