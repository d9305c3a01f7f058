import { text } from 'node:stream/consumers';
import { catalogue } from '../../tools/index.ts';
import { callOver } from '../mcp/client.ts';
import { serviceOn } from '../service.ts';
import { Problem } from '../terms/problem.ts';
import { openPostern } from '../workspace/postern.ts';
import { command } from './command.ts';
import { openLog } from './log.ts';
import { outdoorsFrom } from './mail.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';
import { keyFrom, type Settings } from './settings.ts';

export default command({
  summary: 'Calls one tool, as the person of POSTERN_KEY, and prints its answer as JSON.',
  more: 'JSON holds its arguments; - reads them from standard input. With POSTERN_URL it calls a Postern elsewhere. Its exit code is 1 where the tool refuses.',
  takes: ['TOOL', 'JSON'],
  flags: {},
  async run(_, settings, tool = '', json = '') {
    const key = keyFrom(settings);
    const call = { key, tool, args: argumentsFrom(json === '-' ? await text(process.stdin) : json) };
    const { isError, answer } = settings.url
      ? await callOver({ url: settings.url, ...call })
      : await callHere(settings, call);
    process.stdout.write(`${JSON.stringify(answer, null, 2)}\n`);
    return isError ? 1 : 0;
  },
});

/** Through the same door as everyone, only without a port. */
async function callHere(settings: Settings, call: { key: string; tool: string; args: Record<string, unknown> }) {
  const place = await openPlace(settings, progress);
  const log = await openLog();
  const postern = await openPostern({ app: place.app, keys: place.keys, outdoors: outdoorsFrom(settings, log) });
  const service = serviceOn(postern, { log });
  try {
    const url = new URL(`http://localhost/mcp?toolsets=${Object.keys(catalogue)}`);
    return await callOver({ url, ...call, fetch: service.fetch });
  } finally {
    await service.close();
    await postern.close();
    await place.release();
  }
}

function argumentsFrom(json: string): Record<string, unknown> {
  const advice = `Write it like '{"limit": 5}'.`;
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch (cause) {
    throw new Problem('invalid_argument', `The arguments are no JSON: ${(cause as Error).message}.`, { advice, cause });
  }
  if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>;
  throw new Problem('invalid_argument', 'The arguments are no JSON object.', { advice });
}
