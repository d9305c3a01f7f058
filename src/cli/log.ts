import { type Logger, pino } from 'pino';
import { onEnd } from '../telemetry/ended.ts';
import { outside } from '../terms/ids.ts';
import { calls, type Request, requestNow, requests } from '../terms/underway.ts';

/** Lines on standard error: JSON for programs, readable on a terminal. No key, token or password is ever in them. */
export async function openLog(): Promise<Logger> {
  const options = { base: null, timestamp: pino.stdTimeFunctions.isoTime, hooks: { streamWrite: withoutSecrets } };
  if (!process.stderr.isTTY) return pino(options, pino.destination({ dest: 2, sync: true }));
  const { default: pretty } = await import('pino-pretty');
  return pino(options, pretty({ destination: 2, sync: true, translateTime: 'SYS:HH:MM:ss', ignore: 'pid,hostname' }));
}

/** Tells the log what went wrong behind the scenes, where no call waits for an answer. */
export const inLog = (log: Logger) => (thrown: unknown) =>
  log.error({ err: thrown }, 'The log could not be sealed; it is tried again.');

/** Writes a line a request, with what was called last in it and what became of that; of those that only look whether Postern is there, the ones that fail. */
export function logRequests(log: Logger): void {
  const called = new WeakMap<Request, { operation: string; outcome: string }>();
  onEnd(calls, ({ operation }, outcome) => {
    const request = requestNow();
    if (request) called.set(request, { operation, outcome });
  });
  onEnd(requests, (request, _, seconds) => {
    const { id, method, path, status = 500, credential, door } = request;
    if (door === 'probe' && status < 400) return;
    const ms = Math.round(seconds * 1000);
    log.info(
      {
        request: id,
        method,
        path,
        status,
        ms,
        credential: credential && outside('credential', credential),
        ...called.get(request),
      },
      'request',
    );
  });
}

/** Takes out whatever looks like a secret, wherever in a line it stands. */
export const withoutSecrets = (line: string): string =>
  line
    .replace(/\b(postern|invite)_[0-9a-z]{16,}|\b[a-z]+_[0-9a-z]{40,}/g, (secret) => `${secret.split('_')[0]}_…`)
    .replace(/\b(Bearer|Basic)\s+[^\s"\\]+/gi, '$1 …')
    .replace(/(:\/\/[^\s/:@"]*):[^\s/@"]+@/g, '$1:…@');
