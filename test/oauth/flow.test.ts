import {
  type Client,
  type OAuthClientInformationMixed,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  type OAuthTokens,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { describe, expect, test } from 'vitest';
import { type Era, newClient } from '../support/agent.ts';
import { internet } from '../support/elsewhere.ts';
import { callback } from '../support/letting-in.ts';
import { serviceIn } from '../support/service.ts';
import { type Visiting, visiting } from '../support/visiting.ts';
import { world } from '../support/world.ts';

const here = await world({
  people: { ada: 'member', bo: 'member' },
  workspaces: { growth: { ada: 'owner', bo: 'owner' } },
});
const net = await internet();
const document = 'https://app.example/client.json';
net.put(document, { client_id: document, client_name: 'App', redirect_uris: [callback] });
const beyond = { address: 'http://localhost', ...net.beyond };

/** Three servers on one database, of which each request goes to the next. */
const servers = await Promise.all([1, 2, 3].map(() => serviceIn(here, {}, beyond)));
const last = servers[2] as (typeof servers)[0];
let turn = 0;
const inTurn = {
  fetch: (request: Request) => (servers[turn++ % servers.length] as (typeof servers)[0]).fetch(request),
};

/** A client as its makers keep it, whose person answers in a browser. */
class Letting implements OAuthClientProvider {
  readonly redirectUrl = callback;
  readonly asked: (string | null)[] = [];
  readonly clientMetadataUrl?: string;
  readonly person: Visiting;
  heard = new URL('about:blank');
  #information: OAuthClientInformationMixed | undefined;
  #tokens: OAuthTokens | undefined;
  #verifier = '';
  #found: OAuthDiscoveryState | undefined;
  constructor(person: Visiting, clientMetadataUrl?: string) {
    this.person = person;
    if (clientMetadataUrl) this.clientMetadataUrl = clientMetadataUrl;
  }
  readonly clientMetadata = {
    client_name: 'Letting',
    redirect_uris: [callback],
    grant_types: ['authorization_code', 'refresh_token'],
  };
  state = () => 'a state';
  clientInformation = () => this.#information;
  saveClientInformation(it: OAuthClientInformationMixed) {
    this.#information = it;
  }
  tokens = () => this.#tokens;
  saveTokens(it: OAuthTokens) {
    this.#tokens = it;
  }
  saveCodeVerifier(it: string) {
    this.#verifier = it;
  }
  codeVerifier = () => this.#verifier;
  saveDiscoveryState(it: OAuthDiscoveryState) {
    this.#found = it;
  }
  discoveryState = () => this.#found;
  async redirectToAuthorization(url: URL) {
    this.asked.push(url.searchParams.get('scope'));
    this.heard = await this.person.answer(url);
  }
}

describe.each<Era>(['2026', '2025'])('a client of the protocol of %s, knowing the address alone', (era) => {
  test.each([
    ['registers itself', undefined],
    ['is known by its document', document],
  ])('%s, is let in, asks for more when it has to, and goes on; each step at another server', async (_, metadata) => {
    const provider = new Letting(await visiting(inTurn, here, era === '2026' ? 'ada' : 'bo'), metadata);
    // What a session of 2025 has open stays where it was opened; whom to let in is asked of each in turn all the same.
    const fetch = async (url: string | URL, init?: RequestInit) =>
      (era === '2025' && String(url).endsWith('/mcp') ? last : inTurn).fetch(new Request(url, init));
    const transport = () =>
      new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { authProvider: provider, fetch });
    let one = transport();
    await expect(newClient({ era }).connect(one)).rejects.toThrow();
    expect(provider.asked).toEqual(['read request']);
    await one.finishAuth(provider.heard.searchParams);

    one = transport();
    const client: Client = newClient({ era });
    await client.connect(one);
    const names = (await client.listTools()).tools.map(({ name }) => name);
    expect(names).toContain('create_workflow');
    const create = { name: 'create_workflow', arguments: { name: `by ${era}`, document: {} } };
    await expect(client.callTool(create)).rejects.toThrow();
    expect(provider.asked.at(-1)?.split(' ').sort()).toEqual(['read', 'request', 'write']);
    await one.finishAuth(provider.heard.searchParams);
    expect((await client.callTool(create)).isError).toBeFalsy();
    await client.close();
  });
});
