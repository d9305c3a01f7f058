import { type Logger, pino } from 'pino';

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

/** Takes out whatever looks like a secret, wherever in a line it stands. */
export const withoutSecrets = (line: string): string =>
  line
    .replace(/postern_[0-9a-z]{16,}/g, 'postern_…')
    .replace(/invite_[0-9a-z]{16,}/g, 'invite_…')
    .replace(/\b(Bearer|Basic)\s+[^\s"\\]+/gi, '$1 …')
    .replace(/(:\/\/[^\s/:@"]*):[^\s/@"]+@/g, '$1:…@');
