import type { Logger } from 'pino';
import { identity } from '../mcp/server.ts';
import type { serviceOn } from '../service.ts';
import { listen } from './listen.ts';
import { logRequests } from './log.ts';
import type { Settings } from './settings.ts';

/** What looks on while Postern serves. */
export interface Watching {
  readonly metricsAt: string | undefined;
  close(): Promise<void>;
}

/** Writes a line a request; counts and traces where the settings say so, and loads what that takes only then. */
export async function watch(
  { metrics, traces }: Settings,
  log: Logger,
  figures: ReturnType<typeof serviceOn>['figures'],
): Promise<Watching> {
  logRequests(log);
  const tracing =
    traces && (await import('../telemetry/traces.ts')).openTraces({ version: identity.version, ...traces });
  const counting = metrics && (await countAt(metrics, figures));
  return {
    metricsAt: counting?.address,
    async close() {
      await counting?.close();
      // Whoever collects traces may be gone, which is no reason to stay.
      await tracing?.close().catch((err) => log.error({ err }, 'The last traces could not be sent.'));
    },
  };
}

/** A port of its own, so that a proxy that opens Postern to the world does not open its numbers. */
async function countAt(
  { host, port }: NonNullable<Settings['metrics']>,
  figures: ReturnType<typeof serviceOn>['figures'],
) {
  const { openMetrics } = await import('../telemetry/metrics.ts');
  const listening = await listen(host, port);
  const metrics = openMetrics(figures);
  listening.serve(async (request) => {
    if (request.method !== 'GET' || new URL(request.url).pathname !== '/metrics')
      return new Response('The metrics are at /metrics.\n', { status: 404 });
    return new Response(await metrics.text(), { headers: { 'content-type': metrics.type } });
  });
  return {
    address: `http://${host.includes(':') ? `[${host}]` : host}:${listening.port}/metrics`,
    async close() {
      metrics.close();
      await listening.close();
    },
  };
}
