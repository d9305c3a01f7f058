import type { Http2Bindings, HttpBindings } from '@hono/node-server';

/** What the server hands on with a request; nothing where it came through no socket. */
export type Socket = Partial<HttpBindings | Http2Bindings>;

/** The address that a request comes from. */
export const addressOf = ({ incoming }: Socket = {}): string => incoming?.socket?.remoteAddress ?? 'unknown';
