import { randomUUID } from 'node:crypto';
import type { Context } from 'hono';
import { createMiddleware } from 'hono/factory';
import { matchedRoutes } from 'hono/route';
import { type Door, type Request, requests, within } from '../terms/underway.ts';
import { root } from './routes.ts';

/** Ties an answer to what the server's log holds of it. */
const idHeader = 'X-Request-Id';

/** Gives each request an id, the one that a proxy before Postern gave it where that is a plain one, and tells of it once it is answered. */
export const told = createMiddleware(async (context, next) => {
  const { req } = context;
  const given = req.header(idHeader);
  const request: Request = {
    id: given !== undefined && /^[\w.-]{8,64}$/.test(given) ? given : randomUUID(),
    door: doorOf(req.path),
    method: req.method,
    traceparent: req.header('traceparent'),
  };
  await within(request, async () => {
    await next();
    context.header(idHeader, request.id);
    request.status = context.res.status;
    if (requests.hasSubscribers) request.path = templateOf(context);
  });
});

function doorOf(path: string): Door {
  if (path === '/mcp') return 'mcp';
  if (path === '/healthz' || path === '/readyz') return 'probe';
  return path.startsWith(`${root}/`) ? 'rest' : 'studio';
}

/** The path that was asked for as the code names it, since one as it came may hold anything. */
const templateOf = (context: Context): string | undefined =>
  matchedRoutes(context)
    .map(({ path }) => path)
    .find((path) => !path.includes('*'))
    ?.replaceAll(/:(\w+)/g, '{$1}');
