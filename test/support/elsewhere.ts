import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll } from 'vitest';
import type { Outdoors } from '../../src/workspace/outdoors.ts';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** The internet of a test: names with addresses, and one server behind them all, which hears what comes and whither it was meant. */
export async function internet() {
  const names = new Map<string, readonly string[] | (() => readonly string[])>();
  const answers = new Map<string, Answer>();
  const dialled: string[] = [];
  const looked: string[] = [];
  const heard: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    heard.push(request);
    const answer = answers.get(`https://${request.headers.host}${request.url}`);
    if (answer) answer(request, response);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const beyond: Pick<Outdoors, 'resolve' | 'dial'> = {
    resolve: async (host) => {
      looked.push(host);
      const found = names.get(host);
      if (!found) throw new Error(`${host} is nowhere`);
      return typeof found === 'function' ? found() : found;
    },
    dial: async ({ address, host, port }) => {
      dialled.push(`${host} at ${address}:${port}`);
      return connect((server.address() as AddressInfo).port, '127.0.0.1');
    },
  };
  return {
    beyond,
    names,
    dialled,
    looked,
    heard,
    /** Puts something at an address; JSON, where it is no function. */
    put(address: string, answer: Answer | object) {
      const { hostname } = new URL(address);
      if (!names.has(hostname)) names.set(hostname, ['93.184.215.14']);
      const asJson: Answer = (_, response) =>
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
      answers.set(address, typeof answer === 'function' ? (answer as Answer) : asJson);
    },
  };
}
