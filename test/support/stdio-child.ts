/** Serves standard input and output as told in the one argument: a database and a key, or an address and a key. */
const told = JSON.parse(process.argv[2] ?? '{}');
const log = {
  error: (details: object, message: string) => process.stderr.write(`${message} ${JSON.stringify(details)}\n`),
  debug: () => {},
};

if (told.url) {
  const { bridge } = await import('../../src/mcp/bridge.ts');
  await bridge(new URL(told.url), told.secret, log);
} else {
  const { stdioOn } = await import('../../src/service-stdio.ts');
  const { openPostern } = await import('../../src/workspace/postern.ts');
  const postern = await openPostern({ app: told.app });
  stdioOn(await postern.admit(told.secret), { log });
  process.stdin.once('close', () => void postern.close());
}
