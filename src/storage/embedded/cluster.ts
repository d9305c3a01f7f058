import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Account, serverAccount } from './account.ts';
import { findBinaries } from './binaries.ts';
import { sharedBuffers } from './buffers.ts';
import { createData } from './data.ts';
import { socketFolder } from './socket.ts';

/** Of postgresql.conf, by name. */
export type Settings = Readonly<Record<string, string>>;

/** A data folder of PostgreSQL and all it takes to run the server on it. */
export interface Cluster {
  readonly data: string;
  /** The folder of PostgreSQL's programs. */
  readonly bin: string;
  readonly log: string;
  readonly account: Account | undefined;
  readonly settings: Settings;
  /** The folder of the socket, as a client names it. */
  readonly host: string;
  readonly port: number;
}

/** For a small machine; what was acknowledged survives a crash, so `fsync` and its like keep their defaults. */
const ours: Settings = {
  listen_addresses: '',
  unix_socket_directories: '.',
  max_connections: '100',
  shared_buffers: sharedBuffers(),
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // The log tells of the server, not of what people write: failed statements carry values.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_checkpoints: 'off',
};

/** The cluster that keeps its data under `home`, created when there is none. */
export async function openCluster(
  home: string,
  progress: (step: string) => void,
  settings: Settings,
): Promise<Cluster> {
  if (process.platform === 'win32')
    throw new Error('The PostgreSQL that comes with Postern needs Linux or macOS: set DATABASE_URL.');
  const data = join(home, 'data');
  const account = serverAccount(data);
  const bin = findBinaries(home, account, progress);
  if (!existsSync(data)) {
    progress('Creating the database');
    await createData(home, data, bin, account, settings.fsync !== 'off');
  }
  const port = 5432;
  const host = socketFolder(data, port);
  return { data, bin, log: join(home, 'postgresql.log'), account, settings: { ...ours, ...settings }, host, port };
}
