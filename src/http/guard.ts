import { createMiddleware } from 'hono/factory';
import { plain } from './problem.ts';

const loopback = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Lets in only requests for this machine, for the hosts named, or for a domain that a workspace has proven to be its own (WS-6), from
 * pages of the same: rebinding DNS gets nowhere.
 */
export function guard(hosts: readonly string[] = [], serves: (host: string) => Promise<boolean> = async () => false) {
  const listed = new Set([...loopback, ...hosts]);
  const isKnown = async (host: string) => listed.has(host) || (host.includes('.') && (await serves(host)));
  return createMiddleware(async ({ req }, next) => {
    const host = hostnameOf(`http://${req.header('host') ?? new URL(req.url).host}`);
    if (!(await isKnown(host))) return plain(403, 'Forbidden', 'This host is not served here.');
    const origin = req.header('origin');
    if (origin !== undefined && !(await isKnown(hostnameOf(origin)))) {
      return plain(403, 'Forbidden', 'Pages of this origin may not call here.');
    }
    await next();
  });
}

function hostnameOf(url: string): string {
  return URL.parse(url)?.hostname ?? '';
}
