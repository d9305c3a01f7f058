import { globSync, readFileSync } from 'node:fs';

/** One instruction of a Dockerfile, on however many lines it is written. */
export interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/** The instructions of each stage of a Dockerfile, which begins with its FROM. */
export function stagesOf(file: string): Instruction[][] {
  const lines = readFileSync(file, 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line !== '');
  const stages: Instruction[][] = [];
  for (const line of lines) {
    const [, name = '', rest = ''] = /^([A-Z]+) (.*)$/.exec(line) ?? [];
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, rest });
  }
  return stages;
}

export const lastOf = (stage: readonly Instruction[], name: string): string =>
  stage.findLast((it) => it.name === name)?.rest ?? '';

/** What a stage takes along from the folder that is built, or from another stage. */
export const copiedIn = (stage: readonly Instruction[]) =>
  stage
    .filter(({ name }) => name === 'COPY')
    .map(({ rest }) => {
      const from = /^--from=(\S+) /.exec(rest)?.[1];
      return {
        from,
        paths: rest
          .replace(/^--from=\S+ /, '')
          .split(' ')
          .slice(0, -1),
      };
    });

/** Pairs like `NAME=value`, without quotes. */
export const pairsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/([A-Z_]+)=(\S+)/g)].map(([, name, value]) => [name, value]));

/** What is in the folder that is built, after .dockerignore: a list of what to let through. */
export function letThrough(path: string): boolean {
  const [all, ...rest] = readFileSync('.dockerignore', 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .trim()
    .split('\n');
  return all === '*' && rest.includes(`!${path}`) && globSync(path).length > 0;
}

/** The directives of a unit of systemd, by section. */
export function unitIn(file: string): Record<string, Record<string, string>> {
  const unit: Record<string, Record<string, string>> = {};
  let section = '';
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const named = /^\[(\w+)\]$/.exec(line)?.[1];
    if (named) section = named;
    const [, name, value] = /^(\w+)=(.*)$/.exec(line) ?? [];
    if (name === undefined && !named) throw new Error(`${file}: ${line} is no directive`);
    unit[section] = { ...unit[section], ...(name !== undefined && { [name]: value ?? '' }) };
  }
  return unit;
}
