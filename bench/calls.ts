import { Agent, request } from 'node:http';
import { hashOf, newSecret } from '../src/terms/secret.ts';
import type { Ground } from './data.ts';

/** What a tool answered, as JSON-RPC has it. */
export interface Answer {
  readonly isError?: boolean;
  readonly structuredContent: Readonly<Record<string, unknown>>;
}

/** A client that costs little itself: it speaks the 2026 protocol, and to REST, over connections that it keeps. */
export interface Client {
  call(tool: string, args: object): Promise<Answer>;
  /** All that is answered to who reads a resource of MCP. */
  read(uri: string): Promise<string>;
  /** All that REST answers below /api/v1. */
  get(path: string): Promise<string>;
  close(): void;
}

export function clientOf({ port }: { readonly port: number }, key?: string): Client {
  const agent = new Agent({ keepAlive: true });
  const options = { port, host: '127.0.0.1', agent };
  const known = key && { authorization: `Bearer ${key}` };
  const ask = (method: string, name: string, params: object) => {
    const headers = {
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': protocol,
      'mcp-method': method,
      'mcp-name': name,
      ...known,
    };
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: { ...params, _meta: meta } });
    return sent({ ...options, path: '/mcp', method: 'POST', headers }, body);
  };
  return {
    async call(tool, args) {
      const text = await ask('tools/call', tool, { name: tool, arguments: args });
      const { result } = JSON.parse(text);
      if (!result || result.structuredContent.error?.code === 'internal') throw new Error(`${tool} answered ${text}`);
      return result;
    },
    read: (uri) => ask('resources/read', uri, { uri }),
    get: (path) => sent({ ...options, path: `/api/v1${path}`, headers: { ...known } }),
    close: () => agent.destroy(),
  };
}

/** Makes so many calls, so many at a time. */
export async function drive(calls: number, atOnce: number, call: (n: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const one = async () => {
    while (next < calls) await call(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, one));
}

/** Gives the person with this number a key; of the one before, nothing is left. */
export async function keyFor({ sql, organization, credential }: Ground, person: number): Promise<string> {
  const id = credential(person);
  const key = newSecret(organization, id);
  await sql.query('update credential set secret_hash = $1 where id = $2', [hashOf(key), id]);
  return key;
}

const protocol = '2026-07-28';
const meta = {
  'io.modelcontextprotocol/protocolVersion': protocol,
  'io.modelcontextprotocol/clientCapabilities': {},
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1' },
};

function sent(options: object, body?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    request(options, (response) => {
      let text = '';
      response
        .setEncoding('utf8')
        .on('data', (chunk) => {
          text += chunk;
        })
        .on('end', () => resolve(text));
    })
      .on('error', reject)
      .end(body);
  });
}
