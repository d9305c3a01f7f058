import { chmodSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { lastOf, pairsIn, stagesOf } from '../docs/deploying.ts';
import { carriedOut } from './bundle.ts';

/** What `docker run` would start, from a folder in place of `/`. */
export interface Image {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly health: readonly string[];
}

/**
 * Carries out the last stage of the Dockerfile below `root`, where `stages` hold what the ones before it made. What Debian brings is not
 * there, and no account but one's own.
 */
export function imageIn(root: string, stages: Readonly<Record<string, string>>): Image {
  const image = stagesOf('Dockerfile').at(-1) ?? [];
  const moved = (text: string) => text.replaceAll(/(?<=^|[\s=])\/(?=(opt|usr|var)\/)/g, `${root}/`);
  let folder = root;
  for (const { name, rest } of image) {
    if (name === 'WORKDIR') {
      folder = moved(rest);
      mkdirSync(folder, { recursive: true });
    }
    if (name === 'COPY') {
      const [, from = '', path = '', to = ''] = /^--from=(\w+) (\S+) (\S+)$/.exec(rest) ?? [];
      cpSync(join(stages[from] ?? '', path), join(folder, to), { recursive: true, verbatimSymlinks: true });
    }
    if (name === 'RUN' && !rest.includes('apt-get')) {
      for (const place of ['usr/local/bin', 'var/lib']) mkdirSync(join(root, place), { recursive: true });
      carriedOut('sh', ['-ec', moved(rest).replaceAll(/--(owner|group)=node/g, '')], folder);
    }
  }
  chmodSync(root, 0o755);
  const [tini, dashes, ...words] = [...JSON.parse(lastOf(image, 'ENTRYPOINT')), ...JSON.parse(lastOf(image, 'CMD'))];
  if (`${tini} ${dashes}` !== 'tini --') throw new Error('Something else than tini starts it.');
  const set = pairsIn(lastOf(image, 'ENV'));
  return {
    words,
    env: {
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [name, moved(value)])),
      PATH: `${join(root, 'usr/local/bin')}:${process.env.PATH}`,
    },
    health: JSON.parse(/CMD (\[.*\])$/.exec(lastOf(image, 'HEALTHCHECK'))?.[1] ?? '[]'),
  };
}
