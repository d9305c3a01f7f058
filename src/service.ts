import type { BlockList } from 'node:net';
import { catalogue, usualToolsets } from '../tools/index.ts';
import type { Socket } from './http/address.ts';
import { httpApp } from './http/app.ts';
import { type Operator, offerOf } from './http/connection.ts';
import type { Lateness } from './http/shedding.ts';
import type { Log } from './mcp/answer.ts';
import { overHttp } from './mcp/http.ts';
import { type Build, serverFor } from './mcp/server.ts';
import { type GateTold, gateOn } from './oauth/gate.ts';
import type { Provider } from './studio/provider.ts';
import type { Postern } from './workspace/postern.ts';

export interface Surroundings {
  readonly log: Log;
  /** Host names, beside this machine's own, under which it is reached. */
  readonly allowedHosts?: readonly string[] | undefined;
  readonly operator?: Operator | undefined;
  /** Where else people prove who they are, if anywhere. */
  readonly provider?: Provider | undefined;
  /** Whether clients may register themselves, and who else issues access tokens, if anyone. */
  readonly oauth?: Omit<GateTold, 'trouble'> | undefined;
  /** Proxies whose word is taken on where a request comes from. */
  readonly proxies?: BlockList | undefined;
  /** How late this process may be before it takes on no more. */
  readonly lateness?: Lateness | undefined;
  /** How many streams of MCP are open at once. */
  readonly streams?: number | undefined;
}

/** Puts the doors on a Postern. Reads no environment and opens no port. */
export function serviceOn(postern: Postern, { log, operator, oauth, streams, ...surroundings }: Surroundings) {
  const build: Build = (connection, era) => serverFor(connection, log, era);
  const mcp = overHttp(build, log, streams === undefined ? {} : { streams });
  const offer = offerOf(catalogue, usualToolsets, operator);
  const trouble = (err: unknown) => log.error({ err }, 'OAuth went wrong.');
  const gate = gateOn(postern, { ...oauth, trouble });
  const { fetch, drain, stop } = httpApp({ postern, gate, mcp, offer, log, ...surroundings });
  return {
    fetch: (request: Request, socket?: Socket) => fetch(request, socket),
    /** Says that it is not ready any more, and serves on. */
    drain,
    /** Streams end and waits are answered; calls go on. */
    async endStreams() {
      postern.windDown();
      await mcp.endStreams();
    },
    /** What stands behind the doors just now, in numbers. */
    figures: async () => ({ ...(await postern.figures()), ...mcp.figures() }),
    async close() {
      stop();
      await mcp.close();
    },
  };
}
