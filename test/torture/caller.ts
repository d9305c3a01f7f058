import { type Method, root, routes } from '../../src/http/routes.ts';
import { agent, type Era, type Service } from '../support/agent.ts';

/** A server at an address, as what stands on it in tests is spoken to. */
export const at = (address: string): Service => ({
  fetch: (request) => fetch(new Request(address + request.url.slice('http://localhost'.length), request)),
});

// biome-ignore lint/suspicious/noExplicitAny: whoever calls knows what is answered
export type Answer = Record<string, any>;

export interface How {
  readonly key?: string;
  readonly confirm?: string;
}

/** What Postern refuses, by its code. */
export class Refused extends Error {
  readonly code: string;
  readonly details: Answer;
  constructor(details: Answer) {
    super(`${details.code}: ${details.message ?? details.detail}`);
    this.code = String(details.code);
    this.details = details;
  }
}

export type Caller = (name: string, args?: Answer, how?: How) => Promise<Answer>;

/** Every operation over REST; what is refused is thrown as Refused, what never came to an answer as it comes. */
export const byRest =
  ({ fetch }: Service, secret: string): Caller =>
  async (name, args = {}, { key, confirm } = {}) => {
    const [method = '', pattern = ''] = routes[name as keyof typeof routes].split(' ') as [Method, string];
    const rest = { ...args };
    const path = pattern.replaceAll(/\{(\w+)\}/g, (_, it: string) => {
      const value = String(rest[it]);
      delete rest[it];
      return encodeURIComponent(value);
    });
    const inQuery = method === 'GET' || method === 'DELETE';
    const query = new URLSearchParams();
    if (inQuery)
      for (const [it, value] of Object.entries(rest))
        for (const one of Array.isArray(value) ? value : [value]) query.append(it, String(one));
    const response = await fetch(
      new Request(`http://localhost${root}${path}${query.size ? `?${query}` : ''}`, {
        method,
        headers: {
          authorization: `Bearer ${secret}`,
          ...(!inQuery && { 'content-type': 'application/json' }),
          ...(key && { 'idempotency-key': key }),
          ...(confirm && { 'postern-confirm': confirm }),
        },
        ...(!inQuery && { body: JSON.stringify(rest) }),
      }),
    );
    const body = (await response.json()) as Answer;
    if (!response.ok) throw new Refused({ ...body, status: response.status });
    return body;
  };

/** The same over MCP, by a client that others wrote. */
export async function byMcp(service: Service, secret: string, era: Era = '2026', query = everyToolset) {
  const { call, client, close } = await agent(service, secret, { era, query });
  const caller: Caller = async (name, args = {}, { key, confirm } = {}) => {
    const answer = await call(
      name,
      { ...args, ...(confirm && { confirm }) },
      key ? { 'postern/idempotency-key': key } : undefined,
    );
    if (answer.refused !== undefined) throw new Refused(answer.error ?? { code: 'unknown', message: answer.refused });
    return answer;
  };
  return { call: caller, client, close };
}

const everyToolset = 'toolsets=workflows,sharing,resources,groups,people,spaces,organization,governance';

/** Whether a call never came to an answer, or to one that says only that there is none just now: it may have been done or not. */
export function isLost(thrown: unknown): boolean {
  if (thrown instanceof Refused) return thrown.code === 'unavailable';
  const {
    status,
    code,
    message = '',
    cause,
  } = (thrown ?? {}) as Record<'status' | 'code' | 'message' | 'cause', unknown>;
  return (
    status === 503 ||
    code === 503 ||
    /fetch failed|terminated|other side closed|ECONNREFUSED|ECONNRESET|Unexpected end of JSON|\b503\b/.test(
      String(message),
    ) ||
    (cause !== undefined && isLost(cause))
  );
}
