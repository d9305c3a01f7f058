import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from 'pino';
import { serviceOn } from '../service.ts';
import { Problem } from '../terms/problem.ts';
import type { Outdoors } from '../workspace/outdoors.ts';
import { openPostern } from '../workspace/postern.ts';
import { command } from './command.ts';
import { demoIn } from './demo.ts';
import { type Listening, listen } from './listen.ts';
import { inLog, openLog } from './log.ts';
import { outdoorsFrom } from './mail.ts';
import { openPlace, type Place } from './place.ts';
import { progress } from './progress.ts';
import { screen } from './screen.ts';
import { notElsewhere, Port, type Settings } from './settings.ts';
import { askedToStop, endOnFailure } from './stopping.ts';
import { watch } from './watching.ts';

export default command({
  summary: 'Serves Postern over HTTP: MCP at /mcp, GET /healthz and /readyz.',
  more: 'Without DATABASE_URL it brings its own PostgreSQL, with its data in POSTERN_HOME. Ctrl-C ends it.',
  takes: [],
  flags: {
    demo: { says: 'fill an empty database with the organization Acme, and show its keys' },
    host: { value: 'HOST', says: 'where to listen (127.0.0.1)' },
    port: { value: 'PORT', says: 'and on which port (8410)' },
    'allowed-host': {
      value: 'NAME',
      many: true,
      says: 'a name under which others reach it; needed beyond this machine',
    },
  },
  async run(given, settings) {
    notElsewhere(settings);
    const { host, port, allowedHosts } = whereToListen(given, settings);
    const log = await openLog();
    endOnFailure(log);
    const grace = 1_500 + 1_000 * settings.drain;
    const stop = askedToStop(4_500 + 1_000 * settings.drain + grace);
    const listening = await listen(host, port, { grace });
    try {
      const place = await openPlace(settings, progress);
      try {
        const demo = given.demo ? await demoIn(place) : undefined;
        const here = addressOf(everywhere.includes(host) ? '127.0.0.1' : host, listening);
        const address = settings.publicUrl ?? (allowedHosts[0] ? addressOf(allowedHosts[0], listening) : here);
        const outdoors = outdoorsFrom(settings, log, address);
        await serve({ place, listening, log, allowedHosts, outdoors, settings }, stop, (metricsAt) => {
          process.stdout.write(screen({ address, here, settings, demo, metricsAt }));
        });
      } finally {
        await place.release();
      }
    } finally {
      await listening.close();
    }
    return 0;
  },
});

interface Serving {
  readonly place: Place;
  readonly listening: Listening;
  readonly log: Logger;
  readonly allowedHosts: readonly string[];
  readonly outdoors: Partial<Outdoors>;
  readonly settings: Settings;
}

/**
 * Serves until it is asked to stop. Then it says that it is not ready, for as long as whoever stands before it takes to notice; open
 * streams end, then the calls under way, then what they stand on.
 */
async function serve(
  { place, listening, log, allowedHosts, outdoors, settings }: Serving,
  stop: Promise<void>,
  ready: (metricsAt: string | undefined) => void,
) {
  const { app, keeper, keys } = place;
  const postern = await openPostern({ app, keeper, keys, outdoors, rates: settings.rates, trouble: inLog(log) });
  try {
    const { provider, operator, oauth, proxies, streams } = settings;
    const own = outdoors.address === undefined ? [] : [new URL(outdoors.address).hostname];
    const hosts = [...allowedHosts, ...own];
    const service = serviceOn(postern, { log, allowedHosts: hosts, provider, operator, oauth, proxies, streams });
    const watching = await watch(settings, log, service.figures);
    listening.serve(service.fetch);
    ready(watching.metricsAt);
    await stop;
    progress('Ending');
    service.drain();
    listening.drain();
    await wait(1_000 * settings.drain);
    await service.endStreams();
    await listening.close();
    await watching.close();
    await service.close();
  } finally {
    await postern.close();
  }
}

type Given = { host: string | undefined; port: string | undefined; 'allowed-host': string[] | undefined };

function whereToListen(given: Given, settings: Settings) {
  const host = given.host ?? settings.host ?? '127.0.0.1';
  const port = given.port === undefined ? (settings.port ?? 8410) : portFrom(given.port);
  const allowedHosts = given['allowed-host'] ?? settings.allowedHosts;
  const isNamed = allowedHosts.length > 0 || settings.publicUrl !== undefined;
  if (!['127.0.0.1', 'localhost', '::1'].includes(host) && !isNamed) {
    throw new Problem(
      'invalid_argument',
      `Listening on ${host} opens Postern to other machines, and it is not said under which names.`,
      {
        advice: 'Name them with --allowed-host, POSTERN_ALLOWED_HOSTS or POSTERN_PUBLIC_URL, and put it behind TLS.',
      },
    );
  }
  return { host, port, allowedHosts };
}

function portFrom(text: string): number {
  const read = Port.safeParse(text === '' ? undefined : text);
  if (read.success) return read.data;
  throw new Problem('invalid_argument', `--port ${text} is not right: ${read.error.issues[0]?.message}`, {
    advice: 'Ports go from 0, which is any that is free, to 65535.',
  });
}

/** What listens everywhere is reached from this machine, too. */
const everywhere = ['0.0.0.0', '::'];

const addressOf = (host: string, { port }: Listening) => `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
