/** This machine, as a program on it may call it: whoever else listens there hears what is sent. */
const loopback = ['localhost', '127.0.0.1', '[::1]'];

export const isLoopback = (url: URL): boolean => loopback.includes(url.hostname);

/**
 * Where a client may have people sent back to (RFC 8252): a page over TLS, a port of this machine, or a program by a scheme of its own,
 * which holds a dot or is that of a known one. Nothing that runs or shows what is in the address itself.
 */
export function isRedirect(text: string): boolean {
  const url = URL.parse(text);
  if (!url || text.length > 2_000 || text.includes('#') || url.username !== '' || url.password !== '') return false;
  if (url.protocol === 'https:') return url.hostname !== '' && !isLoopback(url);
  if (url.protocol === 'http:') return isLoopback(url);
  const scheme = url.protocol.slice(0, -1);
  return !url.hostname.includes('*') && (scheme.includes('.') || programs.includes(scheme));
}

/** Schemes without a dot that known clients have long had. */
const programs = ['cursor', 'vscode', 'vscode-insiders', 'windsurf', 'zed', 'claude', 'jetbrains', 'raycast', 'warp'];

/** What a page may say that someone is sent back to. */
export function hostOf(redirect: string): string {
  const url = new URL(redirect);
  if (['https:', 'http:'].includes(url.protocol)) return url.hostname.replace(/^\[|\]$/g, '');
  return `${url.protocol}//${url.hostname}`;
}

/** As a policy for forms names it: where answering one may lead on to. */
export function sourceOf(redirect: string): string {
  const url = new URL(redirect);
  return ['https:', 'http:'].includes(url.protocol) ? url.origin : url.protocol;
}
