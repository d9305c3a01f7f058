import { type Context, Hono } from 'hono';
import { paths, resourceFor, resourceMetadata } from '../oauth/addresses.ts';
import type { Gate } from '../oauth/gate.ts';
import { refused } from '../studio/app.ts';
import { cannotAsk } from '../studio/consent.ts';
import { signInFirst, visitor } from '../studio/visitor.ts';
import { databaseAway } from '../terms/problem.ts';
import type { Postern } from '../workspace/postern.ts';

interface Env {
  Variables: { address: string };
}

/** Where clients find out whom to ask, and ask; people answer on a page of the Studio. */
export function oauth({ postern, gate }: { readonly postern: Postern; readonly gate?: Gate | undefined }) {
  const app = new Hono<Env>();
  if (!gate) return app;
  const { addresses, issuer, server } = gate;
  const resource = ({ req }: Context) => told(resourceMetadata(resourceFor(req.raw, addresses), issuer));
  for (const path of [paths.resource, `${paths.resource}/mcp`]) app.get(path, resource);
  if (!server) return app;

  const metadata = () => told(server.metadata);
  for (const name of ['oauth-authorization-server', 'openid-configuration'])
    for (const path of [`/.well-known/${name}`, `/.well-known/${name}/mcp`]) app.get(path, metadata);
  for (const path of [paths.token, paths.revoke, paths.register]) app.post(path, ask);
  for (const path of [paths.keys, paths.authorize, `${paths.authorize}/:uid`]) app.get(path, ask);
  return app;

  async function ask({ req: { raw, path }, get }: Context<Env>): Promise<Response> {
    const isSignedIn = async () => (await visitor(postern, raw)) !== undefined;
    const answer = await (server as NonNullable<typeof server>).answer(raw, { address: get('address'), isSignedIn });
    if (answer === 'sign in first') return signInFirst(raw);
    // Whoever is sent here by a client sees a page where there is nowhere to send them back to.
    if (!path.startsWith(paths.authorize) || answer.status < 400) return answer;
    return answer.status === 503 ? refused(databaseAway()) : cannotAsk(answer);
  }
}

/** The same for everyone, and not for long: a Postern may be moved. */
const told = (document: object): Response =>
  Response.json(document, { headers: { 'cache-control': 'public, max-age=300', 'access-control-allow-origin': '*' } });
