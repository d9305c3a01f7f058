import { setTimeout as wait } from 'node:timers/promises';
import { Client, type Notification } from 'pg';
import type { Connection } from './migrate.ts';

const nouns = ['person', 'resource', 'request', 'credential', 'organization'] as const;

/** That something changed, by id alone: whoever hears of it looks for themself, since nothing has been decided. */
export interface News {
  /** `anything` where news may have been missed. */
  readonly noun: (typeof nouns)[number] | 'anything';
  readonly ids: ReadonlySet<string>;
}

export interface Newsroom {
  /** Once the promise is fulfilled nothing of the organization is missed, or `anything` is heard afterwards. Answers how to stop. */
  hear(organization: string, heard: (news: News) => void): Promise<() => void>;
  /** How often its connection was opened, and how many hear. */
  figures(): { readonly opened: number; readonly hearing: number };
  /** The same of what servers tell each other about a topic; nothing where a letter may have been missed. */
  receive(topic: string, received: (letter: string | undefined) => void): Promise<() => void>;
  close(): Promise<void>;
}

/** In milliseconds: how often the connection is looked after, how long it may take to answer, and when it is tried anew. */
const times = { look: 15_000, answer: 5_000, first: 100, longest: 5_000 };

/**
 * One connection of the process, beside its pool, on which the database tells what changed in any process (NOT-1). It is opened for the
 * first who wants to hear. Where it breaks it is opened again, and everyone hears `anything`, since meanwhile no one was told.
 */
export function openNews({ ssl = false, ...connection }: Connection): Newsroom {
  const audience: Listeners<News> = new Map();
  const letterBox: Listeners<string | undefined> = new Map();
  const closing = new AbortController();
  let listening: Promise<void> | undefined;
  let first = Promise.withResolvers<void>();
  let opened = 0;

  return {
    figures: () => ({ opened, hearing: [...audience.values()].reduce((all, those) => all + those.size, 0) }),
    hear: (organization, heard) => join(audience, organization, heard),
    receive: (topic, received) => join(letterBox, topic, received),
    async close() {
      closing.abort();
      await listening;
    },
  };

  async function join<T>(all: Listeners<T>, topic: string, told: (it: T) => void): Promise<() => void> {
    const those = all.get(topic) ?? new Set();
    all.set(topic, those.add(told));
    listening ??= listen();
    await Promise.race([first.promise, wait(times.answer, undefined, { ref: false })]);
    return () => {
      those.delete(told);
      if (those.size === 0 && all.get(topic) === those) all.delete(topic);
    };
  }

  async function listen(): Promise<void> {
    for (let pause = times.first; !closing.signal.aborted; pause = Math.min(pause * 2, times.longest)) {
      const client = new Client({
        ...connection,
        ssl,
        application_name: 'postern news',
        keepAlive: true,
        query_timeout: times.answer,
        connectionTimeoutMillis: times.answer,
      });
      const broken = new Promise<void>((done) => client.once('end', done).once('error', () => done()));
      client.on('error', () => {}).on('notification', told);
      try {
        await client.connect();
        await client.query('listen postern; listen postern_letters');
        pause = times.first;
        opened++;
        first.resolve();
        for (const those of audience.values()) for (const heard of those) heard(anything);
        for (const those of letterBox.values()) for (const received of those) received(undefined);
        await lookAfter(client, broken);
      } catch {
        // It could not be opened, or does not answer: it is tried anew.
      } finally {
        client.end().catch(() => {});
      }
      if (!closing.signal.aborted) first = Promise.withResolvers();
      await wait(pause, undefined, { signal: closing.signal, ref: false }).catch(() => {});
    }
  }

  /** Until it breaks, no longer answers, or is no longer needed. */
  async function lookAfter(client: Client, broken: Promise<void>): Promise<void> {
    const over = Promise.race([broken, new Promise((done) => closing.signal.addEventListener('abort', done))]);
    let isOver = false;
    void over.then(() => (isOver = true));
    while (!isOver) {
      await Promise.race([over, wait(times.look, undefined, { ref: false })]);
      if (!isOver) await client.query('select 1');
    }
  }

  function told({ channel, payload = '' }: Notification): void {
    if (channel === 'postern_letters') {
      const [topic, letter] = [payload.slice(0, payload.indexOf(' ')), payload.slice(payload.indexOf(' ') + 1)];
      for (const received of letterBox.get(topic) ?? []) received(letter);
      return;
    }
    const [noun, organization = '', ids = ''] = payload.split(' ');
    const news = { noun: nouns.find((it) => it === noun) ?? anything.noun, ids: new Set(ids.split(',')) };
    for (const heard of audience.get(organization) ?? []) heard(news);
  }
}

type Listeners<T> = Map<string, Set<(it: T) => void>>;

const anything: News = { noun: 'anything', ids: new Set() };
