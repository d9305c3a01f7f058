import type { Logger } from 'pino';

/** Signals so close together are one: Ctrl-C comes from the terminal, and from npm once more. In milliseconds. */
const oncePressed = 300;

/** Resolves when the process is asked to end, which it then has so many milliseconds for; who asks twice does not want to wait. */
export function askedToStop(patience = 4_500): Promise<void> {
  return new Promise((resolve) => {
    let asked: number | undefined;
    const ask = () => {
      if (asked !== undefined && performance.now() - asked > oncePressed) process.exit(130);
      if (asked !== undefined) return;
      asked = performance.now();
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
