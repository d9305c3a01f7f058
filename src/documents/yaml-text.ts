import type { CST } from 'yaml';
import type { Finding } from '../terms/problem.ts';
import { deepest, mostFindings } from './json.ts';
import { position, type Read } from './json-text.ts';
import { yaml } from './libraries.ts';
import { resolved } from './yaml-value.ts';

/** Real documents of 1 MiB have about 200,000; what is made to keep the parser busy has a million. */
const mostLexemes = 250_000;
/** The parser keeps up to three entries a level on its stack. */
const stackOfDeepest = 3 * deepest;

/**
 * Reads one YAML 1.2 document of the core schema, so that dates stay text. Anchors, aliases and merge keys are resolved.
 * The parser runs on its own stack and is stopped by depth and by work before anything recursive sees the text.
 */
export function readYaml(text: string): Read {
  const parsed = parse(text);
  if (!Array.isArray(parsed)) return { errors: [parsed], warnings: [] };

  const [first, second] = compose(parsed, text.length);
  const errors = (first?.errors ?? []).slice(0, mostFindings).map(({ code, pos }) => syntax(text, pos[0], words(code)));
  if (second) errors.push(syntax(text, second.range[0], 'only one document'));
  if (errors.length || !first) return { errors, warnings: [] };
  return resolved(first.contents);
}

/** A value as YAML that reads back to the same. */
export function writeYaml(value: unknown): string {
  return yaml().stringify(value, { schema: 'core', lineWidth: 0, aliasDuplicateObjects: false });
}

function parse(text: string): CST.Token[] | Finding {
  const { Lexer, Parser } = yaml();
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let lexemes = 0;
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (++lexemes > mostLexemes)
      return { pointer: '', message: `More than ${mostLexemes} YAML tokens; send it as JSON.` };
    if (parser.stack.length > stackOfDeepest)
      return { pointer: '', message: `Nested more than ${deepest} levels deep.` };
  }
  tokens.push(...parser.end());
  const wrong = tokens.find((token) => token.type === 'error');
  return wrong ? syntax(text, wrong.offset, 'unexpected token') : tokens;
}

/** A broken text may have a hundred thousand errors; without a stack trace each they take a seventh of the time. */
function compose(tokens: CST.Token[], end: number) {
  const { Composer } = yaml();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    const composer = new Composer({ schema: 'core', uniqueKeys: false, prettyErrors: false, logLevel: 'silent' });
    return [...composer.compose(tokens, true, end)];
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function syntax(text: string, offset: number, what: string): Finding {
  return { pointer: '', message: `${position(text, offset)}: not valid YAML (${what}).` };
}

/** `BAD_INDENT` is said as `bad indent`; the library's own messages would quote the text. */
function words(code: string): string {
  return code.toLowerCase().replaceAll('_', ' ');
}
