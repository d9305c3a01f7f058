import { createMcpHandler, McpServer } from '@modelcontextprotocol/server';
import * as z from 'zod';
import { listen } from '../src/cli/listen.ts';
import { logRequests, openLog } from '../src/cli/log.ts';
import { serviceOn } from '../src/service.ts';
import { openPostern } from '../src/workspace/postern.ts';
import type { Ports } from './server.ts';

/** Made once, as the product's shapes are. */
const said = z.object({ id: z.string() });

const postern = await openPostern({
  app: JSON.parse(process.argv[2] ?? ''),
  rates: { person: 1_000_000, costly: 1_000_000, address: 1_000_000 },
});
const log = await openLog();
if (process.argv[3] === 'logs') logRequests(log);
const service = serviceOn(postern, { log });
const doors = { postern: await listen('127.0.0.1', 0), echo: await listen('127.0.0.1', 0) };
doors.postern.serve(service.fetch);
const echo = createMcpHandler(echoServer, { legacy: 'reject' });
doors.echo.serve((request) => echo.fetch(request));

process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once('disconnect', async () => {
  await Promise.all([service.close(), echo.close(), doors.postern.close(), doors.echo.close()]);
  await postern.close();
});
process.send?.({ postern: doors.postern.port, echo: doors.echo.port } satisfies Ports);

function echoServer(): McpServer {
  const server = new McpServer({ name: 'echo', version: '1' });
  server.registerTool('echo', { inputSchema: said, outputSchema: said }, (it) => ({
    content: [{ type: 'text', text: JSON.stringify(it) }],
    structuredContent: it,
  }));
  return server;
}
