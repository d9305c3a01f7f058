import { type ParseArgsConfig, parseArgs } from 'node:util';
import { Problem } from '../terms/problem.ts';
import type { Settings } from './settings.ts';

/** A flag: `value` is what its value is called in the help; one without is on or off. */
export interface Flag {
  readonly says: string;
  readonly value?: string;
  readonly many?: true;
  readonly required?: true;
}

export type Flags = Readonly<Record<string, Flag>>;

type ValueOf<F extends Flag> = F extends { value: string } ? (F extends { many: true } ? string[] : string) : boolean;

/** The flags as given; one that must be given is there. */
export type Given<F extends Flags> = {
  readonly [K in keyof F]: F[K] extends { required: true } ? ValueOf<F[K]> : ValueOf<F[K]> | undefined;
};

export interface Command {
  readonly summary: string;
  /** Further paragraphs of its help. */
  readonly more?: string;
  /** What stands after its name, each of which must be given. */
  readonly takes: readonly string[];
  readonly flags: Flags;
  /** Answers the exit code. */
  run(given: never, settings: Settings, ...taken: string[]): Promise<number>;
}

/** Declares a command, so that `run` is handed the flags that it names. */
export const command = <const F extends Flags>(
  it: Omit<Command, 'run' | 'flags'> & {
    flags: F;
    run(given: Given<F>, settings: Settings, ...taken: string[]): Promise<number>;
  },
): Command => it;

/** The flags and what else stands behind a command's name; whatever it does not know is named and refused. */
export function read(
  name: string,
  { flags, takes }: Command,
  words: readonly string[],
): { given: never; taken: string[]; help: boolean } {
  const options = Object.fromEntries(Object.entries(flags).map(([flag, it]) => [flag, asOption(it)]));
  const { values, positionals } = parsed(name, {
    args: [...words],
    options: { ...options, help: { type: 'boolean', short: 'h' } },
  });
  if (values.help) return { given: {} as never, taken: [], help: true };
  const missing = [
    ...takes.slice(positionals.length),
    ...Object.keys(flags).flatMap((flag) => (flags[flag]?.required && values[flag] === undefined ? [`--${flag}`] : [])),
  ];
  if (missing.length > 0) throw misuse(name, `${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing.`);
  const surplus = positionals[takes.length];
  if (surplus !== undefined) throw misuse(name, `There is no place for ${JSON.stringify(surplus)}.`);
  return { given: values as never, taken: positionals, help: false };
}

function parsed(name: string, config: ParseArgsConfig): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({ ...config, allowPositionals: true });
  } catch (cause) {
    throw misuse(name, (cause as Error).message.split('. ')[0]?.replace(/\.?$/, '.') ?? '', cause);
  }
}

const asOption = ({ value, many }: Flag) => ({
  type: value ? ('string' as const) : ('boolean' as const),
  ...(many && { multiple: true }),
});

const misuse = (name: string, message: string, cause?: unknown) =>
  new Problem('invalid_argument', message, { advice: `\`postern ${name} --help\` shows how it is called.`, cause });

/** What `postern <command> --help` prints. */
export function helpOn(name: string, { summary, more, takes, flags }: Command): string {
  const told = Object.entries(flags).map(([flag, it]) => [written(flag, it), it.says] as const);
  const width = Math.max(0, ...told.map(([left]) => left.length));
  const usage = Object.entries(flags).map(([flag, it]) =>
    it.required ? written(flag, it) : `[${written(flag, it)}]${it.many ? '…' : ''}`,
  );
  return [
    `postern ${[name, ...takes, ...usage].join(' ')}\n`,
    summary,
    ...(more ? [`\n${more}`] : []),
    ...(told.length > 0 ? ['', ...told.map(([left, says]) => `  ${left.padEnd(width)}  ${says}`)] : []),
  ].join('\n');
}

const written = (flag: string, { value }: Flag) => (value ? `--${flag} ${value}` : `--${flag}`);
