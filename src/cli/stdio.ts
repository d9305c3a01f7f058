import { once } from 'node:events';
import type { Logger } from 'pino';
import { command } from './command.ts';
import { inLog, openLog } from './log.ts';
import { outdoorsFrom } from './mail.ts';
import type { Place } from './place.ts';
import { progress } from './progress.ts';
import { keyFrom, type Settings } from './settings.ts';
import { askedToStop, endOnFailure } from './stopping.ts';

export default command({
  summary: 'Speaks MCP over standard input and output, as the person of POSTERN_KEY.',
  more: 'With POSTERN_URL it passes everything on to a Postern elsewhere. It ends when its input ends.',
  takes: [],
  flags: {
    demo: {
      says: 'where nothing says whose data: those here, as Cleo of the demo, which is made where there is nothing',
    },
  },
  async run({ demo }, settings) {
    const key = demo && saysNothing(settings) ? undefined : keyFrom(settings);
    const log = await openLog();
    endOnFailure(log);
    // Whoever reads has gone: there is nobody left to answer.
    process.stdout.on('error', () => process.exit(0));
    const over = Promise.race([askedToStop(), once(process.stdin, 'end'), once(process.stdin, 'close')]);
    if (key !== undefined && settings.url) {
      const { bridge } = await import('../mcp/bridge.ts');
      const between = await bridge(settings.url, key, log);
      await over;
      await between.close();
      return 0;
    }
    // Loaded here, since what passes everything on needs no database. PostgreSQL starts while the rest is loaded: a client waits for both.
    const { openPlace } = await import('./place.ts');
    const [place] = await Promise.all([openPlace(settings, progress), rest()]);
    try {
      if (key !== undefined) await speak({ place, settings, log }, key, over);
      else await speakAsCleo({ place, settings, log }, over);
    } finally {
      await place.release();
    }
    return 0;
  },
});

const saysNothing = ({ key, url, database }: Settings) => !key && !url && !database;

const rest = () => Promise.all([import('../workspace/postern.ts'), import('../service-stdio.ts')]);

interface Here {
  readonly place: Place;
  readonly settings: Settings;
  readonly log: Logger;
}

async function speak({ place, settings, log }: Here, key: string, over: Promise<unknown>): Promise<void> {
  const [{ openPostern }, { stdioOn }] = await rest();
  const { app, keeper, keys } = place;
  const outdoors = outdoorsFrom(settings, log);
  const postern = await openPostern({ app, keeper, keys, outdoors, trouble: inLog(log) });
  try {
    const { operator } = settings;
    const session = await postern.admit(key, operator);
    const connection = stdioOn(session, { log, operator });
    await over;
    await connection.close();
  } finally {
    await postern.close();
  }
}

async function speakAsCleo(here: Here, over: Promise<unknown>): Promise<void> {
  const { demoKey } = await import('./demo.ts');
  const { key, end } = await demoKey(here.place);
  try {
    await speak(here, key, over);
  } finally {
    await end();
  }
}
