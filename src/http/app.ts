import type { BlockList } from 'node:net';
import { Hono, type HonoRequest } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { type Log, problemOf } from '../mcp/answer.ts';
import type { HttpDoor } from '../mcp/http.ts';
import { asRpcError } from '../mcp/json-rpc.ts';
import type { Gate } from '../oauth/gate.ts';
import { missing, type Provider, studio } from '../studio/app.ts';
import type { Postern } from '../workspace/postern.ts';
import { addressOf, type Env } from './address.ts';
import { withAllowance } from './allowance.ts';
import { admit } from './auth.ts';
import { challenged, challengeFor } from './challenge.ts';
import { narrowingBy, type Offer, toolsBy } from './connection.ts';
import { linksFrom } from './export.ts';
import { guard } from './guard.ts';
import { oauth } from './oauth.ts';
import { asResponse, plain } from './problem.ts';
import { told } from './request.ts';
import { rest } from './rest.ts';
import { root } from './routes.ts';
import { type Lateness, shedding } from './shedding.ts';

export interface Rooms {
  readonly postern: Postern;
  /** Lets in by access tokens, where there can be any. */
  readonly gate?: Gate | undefined;
  readonly mcp: HttpDoor;
  readonly offer: Offer;
  readonly log: Log;
  /** Where else people prove who they are, if anywhere. */
  readonly provider?: Provider | undefined;
  /** Host names beside this machine's own under which it is reached. */
  readonly allowedHosts?: readonly string[] | undefined;
  /** Whose word is taken on where a request comes from. */
  readonly proxies?: BlockList | undefined;
  /** How late this process may be before it takes on no more. */
  readonly lateness?: Lateness | undefined;
}

/** Of every answer: nobody frames it, and other sites learn nothing of it. A form's page has to say where it is sent from, to itself. */
const headers = secureHeaders({
  xFrameOptions: 'DENY',
  referrerPolicy: 'same-origin',
  permissionsPolicy: { camera: [], microphone: [], geolocation: [] },
});

export function httpApp({ postern, gate, mcp, offer, log, provider, ...rooms }: Rooms) {
  const { shed, drain, isDraining, stop } = shedding(rooms.lateness);
  const app = new Hono<Env>()
    .use(
      told,
      headers,
      guard(rooms.allowedHosts, (host) => postern.serves(host)),
      async ({ env, set }, next) => {
        set('address', addressOf(env, rooms.proxies));
        await next();
      },
    )
    .get('/healthz', ({ json }) => json({ status: 'ok' }))
    .get('/readyz', async ({ json }) =>
      !isDraining() && (await postern.ready()) ? json({ status: 'ok' }) : notReady(isDraining()),
    )
    .use(shed)
    .all('/mcp', async ({ req: { raw }, get }) => {
      const address = new URL(raw.url);
      const session = await admit({ postern, gate }, raw, {
        from: get('address'),
        narrowing: narrowingBy(offer, address),
      });
      const { lacking: challenge } = challengeFor(raw, gate);
      const connection = { session, tools: toolsBy(offer, address), linkTo: linksFrom(raw), challenge };
      return withAllowance(await mcp.fetch(raw, connection, address.search), session);
    })
    .route(root, rest({ postern, gate, offer, log }))
    .route('/', oauth({ postern, gate }))
    .route(
      '/',
      studio({
        postern,
        provider,
        questions: gate?.server?.questions,
        problemOf: (thrown, where) => problemOf(thrown, log, where),
      }),
    )
    .notFound(({ req }) => (isBrowsing(req) ? missing() : plain(404, 'Not Found', 'There is nothing at this address.')))
    .onError((thrown, { req }) => {
      const problem = problemOf(thrown, log, { method: req.method, path: req.path });
      if (problem.code === 'unavailable' && req.path === '/mcp') return asRpcError(problem);
      const response = asResponse(problem, problem.code === 'invalid_argument' ? 400 : problem.status);
      return challenged(response, problem, req.raw, { gate });
    });
  return { fetch: app.fetch, drain, stop };
}

/** Whether a person looks for a page. */
const isBrowsing = ({ method, path, raw }: HonoRequest) =>
  method === 'GET' && !path.startsWith(`${root}/`) && (raw.headers.get('accept') ?? '').includes('text/html');

function notReady(isEnding: boolean): Response {
  const why = isEnding ? 'This server ends: others are there, or come.' : 'The database does not answer.';
  const response = plain(503, 'Not ready', why);
  response.headers.set('retry-after', '2');
  return response;
}
