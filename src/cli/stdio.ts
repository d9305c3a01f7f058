import { once } from 'node:events';
import { command } from './command.ts';
import { inLog, openLog } from './log.ts';
import { outdoorsFrom } from './mail.ts';
import { openPlace } from './place.ts';
import { progress } from './progress.ts';
import { keyFrom } from './settings.ts';
import { askedToStop, endOnFailure } from './stopping.ts';

export default command({
  summary: 'Speaks MCP over standard input and output, as the person of POSTERN_KEY.',
  more: 'With POSTERN_URL it passes everything on to a Postern elsewhere. It ends when its input ends.',
  takes: [],
  flags: {},
  async run(_, settings) {
    const key = keyFrom(settings);
    const log = await openLog();
    endOnFailure(log);
    // Whoever reads has gone: there is nobody left to answer.
    process.stdout.on('error', () => process.exit(0));
    const over = Promise.race([askedToStop(), once(process.stdin, 'end'), once(process.stdin, 'close')]);
    if (settings.url) {
      const { bridge } = await import('../mcp/bridge.ts');
      const between = await bridge(settings.url, key, log);
      await over;
      await between.close();
      return 0;
    }
    // PostgreSQL starts while the rest is loaded, since a client waits for both.
    const [place, { openPostern }, { serviceOn }] = await Promise.all([
      openPlace(settings, progress),
      import('../workspace/postern.ts'),
      import('../service.ts'),
    ]);
    const postern = await openPostern({
      app: place.app,
      keeper: place.keeper,
      keys: place.keys,
      trouble: inLog(log),
      outdoors: outdoorsFrom(settings, log),
    });
    try {
      const { operator } = settings;
      const session = await postern.admit(key, operator);
      const service = serviceOn(postern, { log, operator });
      const connection = service.stdio(session);
      await over;
      await connection.close();
      await service.close();
    } finally {
      await postern.close();
      await place.release();
    }
    return 0;
  },
});
