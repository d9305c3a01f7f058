import { createMiddleware } from 'hono/factory';
import { Problem } from '../terms/problem.ts';

/** In bytes: the largest form is an answer of an authenticator. */
const largest = 65_536;

/**
 * Takes no form that holds more, whether it says its length or comes in chunks; then it is read here. Hono's own makes a request of the one
 * that it was handed, which the server's is not.
 */
export const limited = createMiddleware(async ({ req }, next) => {
  const { raw } = req;
  const length = raw.headers.get('content-length');
  if (Number(length) > largest) throw tooLarge();
  if (length === null && raw.body) {
    const { url, method, headers } = raw;
    req.raw = new Request(url, { method, headers, body: await bytesOf(raw.body) });
  }
  await next();
});

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > largest) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const tooLarge = () => new Problem('too_large', 'This form holds too much.');
