import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import pg from 'pg';
import { silence } from './bounds.ts';
import { queryTexts, textual } from './texts.ts';

/** How someone enters a transaction; what one that reads adds to the log may be committed asynchronously (ACT-1). */
export const entering = {
  on: 'select enter($1, $2, $3) as standing',
  off: `select enter($1, $2, $3) as standing, set_config('synchronous_commit', 'off', true)`,
};

const names = new Map<string, string>();

/**
 * Statements that answer nothing and wait for what follows them in their transaction, to go in one packet with it, by what they say. What one
 * of them fails on, the next one fails on; when that is the commit, the server has taken all of it back.
 */
export const trailing = new Set<string>();

/**
 * A connection of the pool. It names every statement that has parameters, since only named ones are prepared, once a connection (QUERIES.md).
 * It sends what begins a transaction together with how someone enters it, and what trails together with what follows, which spares each a way
 * there and back. And it is given up where the server says nothing to what is asked, so that whoever waits is answered though a database that
 * hangs is not.
 */
export class PatientClient extends pg.Client {
  #begin: string | undefined;
  #trailing: (readonly [text: string, values: unknown[]])[] = [];
  #isAsking = false;
  #isInside = false;
  readonly #timer: NodeJS.Timeout;

  constructor(config: pg.ClientConfig & { readonly silent?: number }) {
    super(config);
    const giveUp = () => {
      if (this.#isAsking) this.#stream.destroy();
    };
    this.#timer = setTimeout(giveUp, config.silent ?? silence).unref();
    this.on('drain', () => {
      this.#isAsking = false;
    });
    this.once('end', () => clearTimeout(this.#timer));
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads of it.
  override query(text: any, values?: any, callback?: any): any {
    if (typeof text === 'string' && text.startsWith('start transaction')) {
      this.#begin = text;
      this.#isInside = true;
      return Promise.resolve({ command: 'START', rowCount: null, rows: [] });
    }
    if (trailing.has(text) && this.#isInside && !this.#begin) {
      this.#trailing.push([text, values]);
      return Promise.resolve({ command: 'SELECT', rowCount: 0, rows: [] });
    }
    this.#isAsking = true;
    this.#timer.refresh();
    if (text === 'commit' || text === 'rollback') this.#isInside = false;
    const before = text === 'rollback' ? [] : this.#trailing;
    this.#trailing = [];
    if (before.length === 0) return this.#ask(text, values, callback);
    return this.#together(() => [
      ...before.map((statement) => this.#named(...statement)),
      this.#ask(text, values, callback),
    ]);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as query() is declared.
  #ask(text: any, values: any, callback: any): any {
    if (typeof text !== 'string' || !Array.isArray(values)) return super.query(text, values, callback);
    const begin = this.#begin;
    this.#begin = undefined;
    if (!begin) return this.#named(text, values);
    // Where a transaction does not begin, entering alone has changed nothing.
    if (text === entering.on || text === entering.off)
      return this.#together(() => [super.query(begin), this.#named(text, values)]);
    return super.query(begin).then(() => this.#named(text, values));
  }

  get #stream(): Socket {
    return (this as unknown as { connection: { stream: Socket } }).connection.stream;
  }

  #named(text: string, values: unknown[]): Promise<unknown> {
    if (values.length === 0) return super.query(text);
    const name = names.get(text) ?? createHash('sha1').update(text).digest('base64');
    names.set(text, name);
    if (textual.has(text)) return queryTexts((it) => super.query(it), name, text, values);
    return super.query({ name, text, values });
  }

  /** Sends all in one packet; answers as the last does, and fails as the first that fails. */
  async #together(send: () => readonly Promise<unknown>[]): Promise<unknown> {
    const stream = this.#stream;
    stream.cork();
    const all = Promise.all(send());
    stream.uncork();
    return (await all).at(-1);
  }
}
