import type { Service } from './agent.ts';

export interface Asked {
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A text goes as it is; anything else as JSON. */
  readonly body?: unknown;
}

/** One request below /api/v1, written by hand; `body` is JSON where the answer is. */
export const rawly =
  (service: Service, key?: string) =>
  async (line: string, { secret = key, headers = {}, body }: Asked = {}) => {
    const [method = '', path = ''] = line.split(' ');
    const response = await service.fetch(
      new Request(`http://localhost/api/v1${path}`, {
        method,
        headers: {
          ...(secret && { authorization: `Bearer ${secret}` }),
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    const isJson = /json$/.test(response.headers.get('content-type') ?? '');
    // biome-ignore lint/suspicious/noExplicitAny: a test looks into any answer
    const read: any = isJson && text ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, body: read };
  };
