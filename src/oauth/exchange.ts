import { IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';

/** A request as the library is asked it: what is not said here does not reach it. */
export interface Asked {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A request and its answer as node has them, without a connection. */
export function pairOf({ method, path, headers, body = '' }: Asked) {
  const request = Object.assign(new IncomingMessage(new Socket()), { method, url: path, headers });
  if (body) Object.assign(headers, { 'content-length': String(Buffer.byteLength(body)) });
  request.push(body);
  request.push(null);
  return { request, response: new ServerResponse(request) };
}

/** Asks a library that speaks node's HTTP, and answers as fetch does. */
export function exchange(listener: RequestListener, asked: Asked): Promise<Response> {
  const { request, response } = pairOf(asked);
  const parts: Buffer[] = [];
  const take = (part: unknown) =>
    typeof part === 'string' || part instanceof Uint8Array ? parts.push(Buffer.from(part as string)) : 0;
  return new Promise((resolve, reject) => {
    response.write = ((part: unknown) => take(part) > 0) as typeof response.write;
    response.end = ((part: unknown) => {
      take(part);
      const { statusCode: status } = response;
      const body = parts.length > 0 && ![204, 303, 304].includes(status) ? Buffer.concat(parts) : null;
      resolve(new Response(body, { status, headers: headersOf(response) }));
      return response;
    }) as typeof response.end;
    Promise.resolve(listener(request, response)).catch(reject);
  });
}

/** Its headers, but for those of the body's frame. */
export function headersOf(response: ServerResponse): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(response.getHeaders())) {
    if (value === undefined || ['content-length', 'transfer-encoding'].includes(name)) continue;
    for (const one of Array.isArray(value) ? value : [String(value)]) headers.append(name, one);
  }
  return headers;
}
