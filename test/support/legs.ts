import { StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { Client as V1Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport as V1Stdio } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport as V1Http } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { ElicitRequestSchema } from '@modelcontextprotocol/sdk/types.js';
import { type AgentTold, calling, newClient } from './agent.ts';
import { child, compiled } from './running.ts';
import type { World } from './world.ts';

/** Where a leg finds Postern: at an address, or as a process of its own. */
export interface Ways {
  readonly url: string;
  readonly app: World['connection'];
}

const spawned = (told: object) => ({
  command: process.execPath,
  args: [child, JSON.stringify(told)],
  env: compiled,
  stderr: 'inherit' as const,
});
const signed = (secret: string) => ({ requestInit: { headers: { authorization: `Bearer ${secret}` } } });
const app = (ways: Ways) => ({ ...ways.app, user: 'postern_app' });

type Told = Pick<AgentTold, 'person'>;
const v2 = (
  era: '2026' | '2025',
  transport: (ways: Ways, secret: string) => Parameters<ReturnType<typeof newClient>['connect']>[0],
) => {
  return async (ways: Ways, secret: string, told: Told = {}) => {
    const client = newClient({ era, ...told });
    await client.connect(transport(ways, secret));
    return client;
  };
};
const v1 = (transport: (ways: Ways, secret: string) => Parameters<V1Client['connect']>[0]) => {
  return async (ways: Ways, secret: string, { person }: Told = {}) => {
    const client = new V1Client(
      { name: 'v1', version: '0' },
      { capabilities: person ? { elicitation: { form: {} } } : {} },
    );
    if (person) {
      client.setRequestHandler(ElicitRequestSchema, ({ params }) => {
        const action = person(params.message);
        return action === 'accept' ? { action, content: { confirm: true } } : { action };
      });
    }
    await client.connect(transport(ways, secret));
    return client;
  };
};

const http = ({ url }: Ways, secret: string) => new StreamableHTTPClientTransport(new URL(url), signed(secret));
const stdio = (ways: Ways, secret: string) => new StdioClientTransport(spawned({ app: app(ways), secret }));
const bridged = ({ url }: Ways, secret: string) => new StdioClientTransport(spawned({ url, secret }));

/** Every way in which a client that others wrote reaches Postern. */
export const legs = {
  'client 2.x, protocol of 2026, HTTP': v2('2026', http),
  'client 2.x, protocol of 2025, HTTP': v2('2025', http),
  'client 2.x, protocol of 2026, stdio': v2('2026', stdio),
  'client 2.x, protocol of 2025, stdio': v2('2025', stdio),
  'client 2.x, protocol of 2026, bridge': v2('2026', bridged),
  'client 2.x, protocol of 2025, bridge': v2('2025', bridged),
  'sdk 1.x, HTTP': v1(({ url }, secret) => new V1Http(new URL(url), signed(secret)) as never),
  'sdk 1.x, stdio': v1((ways, secret) => new V1Stdio(spawned({ app: app(ways), secret }))),
};

export type Leg = keyof typeof legs;

/** A client of a leg, signed in, and its calls. */
export async function along(leg: Leg, ways: Ways, secret: string, told: Told = {}) {
  const client = await legs[leg](ways, secret, told);
  return { client, call: calling(client as never) };
}
