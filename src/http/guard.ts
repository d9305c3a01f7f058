import { createMiddleware } from 'hono/factory';
import { plain } from './problem.ts';

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/** Lets in only requests for this machine or for the hosts named, from pages of the same: rebinding DNS gets nowhere. */
export function guard(hosts: readonly string[] = []) {
  const known = new Set([...loopback, ...hosts]);
  return createMiddleware(async ({ req }, next) => {
    const host = hostnameOf(`http://${req.header('host') ?? new URL(req.url).host}`);
    if (!known.has(host)) return plain(403, 'Forbidden', 'This host is not served here.');
    const origin = req.header('origin');
    if (origin !== undefined && !known.has(hostnameOf(origin))) {
      return plain(403, 'Forbidden', 'Pages of this origin may not call here.');
    }
    await next();
  });
}

function hostnameOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}
