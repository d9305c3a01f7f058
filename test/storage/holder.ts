import { Client } from 'pg';
import { startEmbedded } from '../../src/storage/embedded.ts';

/** A process on a folder: holds the server until its input ends; asked to, writes numbers and says each once it is acknowledged. */
const [folder = '', task] = process.argv.slice(2);
// A server with little memory starts sooner.
const server = await startEmbedded(folder, undefined, { shared_buffers: '128MB' });
const client = new Client({ ...server.connection, database: 'postgres' });
client.on('error', () => {});
await client.connect();
await client.query('select 1');
process.stdout.write('in\n');

if (task === 'write') {
  for (let n = 1; ; n++) {
    await client.query('insert into kept values ($1)', [n]);
    process.stdout.write(`${n}\n`);
  }
}
process.stdin.resume();
process.stdin.once('end', async () => {
  await client.query('select 1');
  await client.end();
  await server.release();
  process.exit(0);
});
