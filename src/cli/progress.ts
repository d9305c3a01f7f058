import { performance } from 'node:perf_hooks';

/** Says on standard error what takes a while, so that standard output stays the answer's. */
export function progress(step: string): void {
  process.stderr.write(`  ${step}…\n`);
}

/** A count that goes on: in place on a terminal, else a line every few seconds. */
export function counter(total: number, what: string): { to(done: number): void; end(): void } {
  const terminal = process.stderr.isTTY;
  const interval = terminal ? 100 : 2000;
  let told = performance.now();
  const write = (done: number) =>
    process.stderr.write(terminal ? `\r  ${done} of ${total} ${what}` : `  ${done} of ${total} ${what}\n`);
  return {
    to(done) {
      if (performance.now() - told < interval) return;
      told = performance.now();
      write(done);
    },
    end: () => void (terminal && process.stderr.write('\r\x1b[K')),
  };
}
