import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const kinds = { css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' } as const;

/** What pages load beside themselves. */
export const assets = {
  style: asset('style', 'css'),
  icon: asset('icon', 'svg'),
  passkey: asset('passkey', 'js'),
  fragment: asset('fragment', 'js'),
} as const;

/** What is at a path below /assets/; nothing where nothing is. */
export function assetAt(path: string): Response | undefined {
  const found = Object.values(assets).find((it) => it.path === path);
  return (
    found &&
    new Response(found.text, {
      headers: {
        'content-type': `${found.type}; charset=utf-8`,
        'cache-control': 'public, max-age=31536000, immutable',
        'x-content-type-options': 'nosniff',
      },
    })
  );
}

/** Its path holds the digest of its text, so that it can be kept for ever. */
function asset(name: string, ending: keyof typeof kinds) {
  const text = readFileSync(join(import.meta.dirname, `${name}.${ending}`), 'utf8');
  return { path: `/assets/${name}.${hash('sha256', text).slice(0, 12)}.${ending}`, text, type: kinds[ending] };
}
