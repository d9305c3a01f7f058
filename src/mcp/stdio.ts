import type { McpServer } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import type { Log } from './answer.ts';
import type { Connection } from './server.ts';

/** Answers over this process's own input and output, for one connection and in either protocol. */
export function overStdio(
  build: (connection: Connection) => McpServer,
  connection: Connection,
  log: Log,
): { close(): Promise<void> } {
  return serveStdio(() => build(connection), { onerror: (err) => log.debug({ err }, 'An MCP message was refused.') });
}
