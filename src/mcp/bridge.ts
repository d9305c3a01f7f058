import { randomUUID } from 'node:crypto';
import {
  type JSONRPCMessage,
  type JSONRPCRequest,
  PROTOCOL_VERSION_META_KEY,
  type RequestId,
  StreamableHTTPClientTransport,
} from '@modelcontextprotocol/client';
import { StdioServerTransport } from '@modelcontextprotocol/server/stdio';
import type { Log } from './answer.ts';
import { followingOver, isUnknownSession } from './bridged-following.ts';
import { type Answer, cancelledBy, isAnswer, isRequest } from './json-rpc.ts';
import { linesOf } from './lines.ts';

/**
 * Passes messages between standard input and output and a Postern elsewhere, in either protocol; it judges none of them, and alters none:
 * where a number would not keep what was said, what was said goes on letter by letter (DOC-1).
 */
export async function bridge(url: URL, key: string, log: Log): Promise<{ close(): Promise<void> }> {
  /** Of requests that are not answered yet, by their ids. */
  const letterByLetter = new Map<RequestId, string>();
  const near = new StdioServerTransport(
    linesOf(process.stdin, {
      refuse: (it) => void near.send(it as JSONRPCMessage).catch(report),
      rounded({ text, rounded }) {
        for (const id of rounded.keys()) letterByLetter.set(id, text);
      },
    }),
  );
  const far = new StreamableHTTPClientTransport(url, {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
    fetch: (to, init) => fetch(to, asSaid(init)),
  });
  const underway = new Map<string | number, AbortController>();
  const opening = openingOf(far);
  const following = followingOver(far, opening.again, (uri) =>
    near.send({ jsonrpc: '2.0', method: 'notifications/resources/updated', params: { uri } }).catch(report),
  );

  near.onmessage = (message) => void forward(message);
  far.onmessage = (message) => {
    if (!isAnswer(message)) return void near.send(message).catch(report);
    underway.delete(message.id);
    letterByLetter.delete(message.id);
    if (!opening.takes(message) && !following.takes(message)) near.send(message).catch(report);
  };
  near.onclose = () => {
    following.end();
    far
      .terminateSession()
      .catch(report)
      .then(() => far.close());
  };
  await far.start();
  await near.start();
  return { close: () => near.close() };

  async function forward(message: JSONRPCMessage): Promise<void> {
    opening.notices(message);
    following.notices(message);
    const cancelled = cancelledBy(message);
    if (cancelled !== undefined && underway.has(cancelled)) return letGo(cancelled);
    try {
      await send(message).catch(async (err) => {
        if (!isUnknownSession(err) || !(await opening.again())) throw err;
        await following.again();
        await send(message);
      });
    } catch (err) {
      if (isModern(message) && !underway.delete(message.id)) return;
      report(err);
      if (isRequest(message)) await near.send(failure(message, err)).catch(report);
    }
  }

  /** In the 2026 protocol a request is cancelled by letting go of its answer. */
  function letGo(id: string | number): void {
    const controller = underway.get(id);
    underway.delete(id);
    controller?.abort();
  }

  function send(message: JSONRPCMessage): Promise<void> {
    if (!isModern(message)) return far.send(message);
    const controller = new AbortController();
    underway.set(message.id, controller);
    return far.send(message, { requestSignal: controller.signal, onRequestStreamEnd: () => brokenOff(message) });
  }

  /** A stream that ended without its answer has one from here, so that whoever listens can listen anew. */
  function brokenOff(message: JSONRPCRequest): void {
    if (underway.delete(message.id)) near.send(failure(message, new Error('the connection broke'))).catch(report);
  }

  function asSaid(init: RequestInit = {}): RequestInit {
    if (letterByLetter.size === 0 || typeof init.body !== 'string') return init;
    return { ...init, body: letterByLetter.get(JSON.parse(init.body).id) ?? init.body };
  }

  function report(err: unknown): void {
    log.error({ err, url: url.href }, 'The bridge could not pass a message on.');
  }
}

/** How the client opened a session of the 2025 protocol, so that one which the other end no longer knows is opened again. */
function openingOf(far: StreamableHTTPClientTransport) {
  let request: JSONRPCRequest | undefined;
  let repeated: { id: string; done: PromiseWithResolvers<void> } | undefined;

  return {
    notices(message: JSONRPCMessage): void {
      if (isRequest(message) && message.method === 'initialize') request = message;
    },
    /** Whether the answer was to a session opened again, which the client must not see. */
    takes(message: Answer): boolean {
      const own = message.id === repeated?.id;
      if (own || message.id === request?.id) agreeOn(message);
      if (own) repeated?.done.resolve();
      return own;
    },
    async again(): Promise<boolean> {
      if (!request) return false;
      if (!repeated) {
        repeated = { id: randomUUID(), done: Promise.withResolvers() };
        await far.send({ ...request, id: repeated.id });
        await repeated.done.promise;
        await far.send({ jsonrpc: '2.0', method: 'notifications/initialized' });
        repeated = undefined;
      } else await repeated.done.promise;
      return true;
    },
  };

  function agreeOn(message: Answer): void {
    const version = 'result' in message ? message.result.protocolVersion : undefined;
    if (typeof version === 'string') far.setProtocolVersion(version);
  }
}

const isModern = (message: JSONRPCMessage): message is JSONRPCRequest =>
  isRequest(message) && message.params?._meta?.[PROTOCOL_VERSION_META_KEY] !== undefined;

/** Whoever waits for an answer gets one, whatever became of the connection. */
function failure({ id }: JSONRPCRequest, err: unknown): JSONRPCMessage {
  const message = `The Postern elsewhere did not answer: ${err instanceof Error ? err.message : String(err)}`;
  return { jsonrpc: '2.0', id, error: { code: -32000, message } };
}
