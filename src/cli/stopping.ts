import type { Logger } from 'pino';

/** How long an end in order may take, in milliseconds, before it is cut short. */
const patience = 4_500;

/** Resolves when the process is asked to end; who asks twice does not want to wait. */
export function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    let asked = false;
    const ask = () => {
      if (asked) process.exit(130);
      asked = true;
      setTimeout(() => process.exit(1), patience).unref();
      resolve();
    };
    process.on('SIGINT', ask);
    process.on('SIGTERM', ask);
  });
}

/** What nobody caught ends the process, since nothing vouches for its state any more. */
export function endOnFailure(log: Logger): void {
  const end = (err: unknown) => {
    log.fatal({ err }, 'Postern ends because of an error that nobody caught.');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}
