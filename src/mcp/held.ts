import {
  type JSONRPCMessage,
  type McpServer,
  WebStandardStreamableHTTPServerTransport,
} from '@modelcontextprotocol/server';
import type { Session } from '../workspace/session.ts';
import type { Log } from './answer.ts';
import type { Following, Shared } from './following.ts';
import type { marksOf } from './marks.ts';
import type { Build, Connection } from './server.ts';

/** What one server tells the others that have the same session open. */
export type Letter = Partial<{
  /** From the client, for whoever knows it. */
  message: JSONRPCMessage;
  /** The client hears here from now on. */
  stream: true;
  /** It follows other things now. */
  follows: true;
  ended: true;
}>;

/** How many sessions there are of one credential and open on this server, and how long one lies idle before it ends. */
export interface Limits {
  readonly idleMs: number;
  readonly perCredential: number;
  readonly inAll: number;
}

export interface Sharing {
  readonly build: Build;
  readonly log: Log;
  readonly limits: Limits;
  /** Of the server that holds it. */
  readonly marks: ReturnType<typeof marksOf>;
  gone(id: string): void;
}

export type Held = Awaited<ReturnType<typeof openHere>>;

type Handling = NonNullable<Parameters<WebStandardStreamableHTTPServerTransport['handleRequest']>[1]>;

/** One session of the 2025 protocol, as it is open on this server; `opened` runs once its first message has come. */
export async function openHere(
  { build, log, limits, marks, gone }: Sharing,
  id: string,
  connection: Connection,
  narrowing: string,
  opened: () => Promise<void>,
) {
  const { dialogues, credential } = connection.session;
  const now = () => performance.now();
  let [usedAt, notedAt] = [now(), now()];
  let [isKnown, streams] = [false, false];
  let own: Following | undefined;
  /** By whose token the client hears here: that of the open stream, else the last it came with. */
  let hearer = connection.session;
  const session: Session = { ...connection.session, perform: (...call) => hearer.perform(...call) };
  /** What is followed here; it is changed by one at a time, so that nobody goes by what another is about to change. */
  const followed = new Set<string>();
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work);
    turn = done.catch(() => {});
    return done;
  };
  const report = (err: unknown) => log.debug({ err }, 'A session could not be shared.');

  const transport = new WebStandardStreamableHTTPServerTransport({
    sessionIdGenerator: () => id,
    onsessioninitialized: async () => {
      await opened();
      isKnown = true;
    },
  });
  const send = transport.send.bind(transport);
  transport.send = (message, options) => send(marks.outgoing(message), options);
  const server: McpServer = build({ ...connection, session, shared, ended: stopStreaming }, 'legacy');
  await server.connect(transport);
  const stop = await dialogues.receive(id, (letter) => void received(letter).catch(report));
  const closed = transport.onclose;
  transport.onclose = () => {
    stop();
    gone(id);
    closed?.();
  };

  return {
    transport,
    isOf: ({ session }: Connection, narrowed: string) =>
      session.credential.id === credential.id && narrowed === narrowing,
    isStreaming: () => streams,
    idleFor: () => now() - usedAt,
    /** Whether it has not ended elsewhere: asked now and then, for letters tell it at once. */
    async isKept(by: Connection): Promise<boolean> {
      if (!streams) hearer = by.session;
      usedAt = now();
      if (usedAt - notedAt < Math.min(60_000, limits.idleMs / 4)) return true;
      notedAt = usedAt;
      return (await kept()) !== undefined;
    },
    async stream(request: Request, by: Connection, handling: Handling): Promise<Response> {
      const response = await transport.handleRequest(request, handling);
      if (response.status !== 200) return response;
      streams = true;
      hearer = by.session;
      write({ stream: true })
        .then(() => inTurn(catchUp))
        .catch(report);
      return response;
    },
    async end(request: Request, handling: Handling): Promise<Response> {
      await dialogues.end(id);
      await write({ ended: true });
      return transport.handleRequest(request, handling);
    },
    write,
  };

  function write(letter: Letter, to = id): Promise<void> {
    return dialogues.write(to, { from: marks.server, ...letter });
  }

  async function received(text: string | undefined): Promise<void> {
    if (text === undefined) return isKnown ? inTurn(catchUp) : undefined;
    const { from, message, stream, follows, ended } = JSON.parse(text) as Letter & { from: string };
    if (from === marks.server) return;
    const known = message && marks.incoming(message);
    if (known) transport.onmessage?.(known);
    if (follows) await inTurn(catchUp);
    if (ended) await transport.close();
    if (stream) stopStreaming();
  }

  /** The client hears elsewhere from now on, or with another token; what it asks goes on. */
  function stopStreaming(): void {
    streams = false;
    own?.remove([...followed]);
    followed.clear();
    transport.closeStandaloneSSEStream();
  }

  async function kept() {
    const it = await dialogues.use(id, narrowing, limits);
    if (!it) await transport.close();
    return it;
  }

  /** Follows here what the session follows, where its client hears here. What is new here may have changed meanwhile: that is told. */
  async function catchUp(): Promise<void> {
    const it = await kept();
    if (!it || !streams || !own) return;
    const left = [...followed].filter((uri) => !it.follows.includes(uri));
    own.remove(left);
    for (const uri of left) followed.delete(uri);
    for (const uri of await own.add(it.follows.filter((uri) => !followed.has(uri)))) {
      followed.add(uri);
      await server.server.sendResourceUpdated({ uri });
    }
  }

  function shared(following: Following): Shared {
    own = following;
    const changed = async (change: { added?: readonly string[]; removed?: readonly string[] }) => {
      await dialogues.follow(id, change);
      if (!streams) await write({ follows: true });
    };
    return {
      add: (uris) =>
        inTurn(async () => {
          const added = await following.add(uris);
          for (const uri of added) followed.add(uri);
          await changed({ added });
          return added;
        }),
      remove: (removed) =>
        inTurn(async () => {
          following.remove(removed);
          for (const uri of removed) followed.delete(uri);
          await changed({ removed });
        }),
    };
  }
}
