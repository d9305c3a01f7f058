import { createHash } from 'node:crypto';
import pg from 'pg';
import { silence } from './bounds.ts';
import { queryTexts, textual } from './texts.ts';

const names = new Map<string, string>();

/**
 * A connection of the pool. It names every statement that has parameters, since only named ones are prepared, once a connection (QUERIES.md);
 * and it is given up where the server says nothing to what is asked, so that whoever waits is answered though a database that hangs is not.
 */
export class PatientClient extends pg.Client {
  #isAsking = false;
  readonly #timer: NodeJS.Timeout;

  constructor(config: pg.ClientConfig & { readonly silent?: number }) {
    super(config);
    const giveUp = () => {
      // With a query under way, this cuts the connection.
      if (this.#isAsking) void this.end();
    };
    this.#timer = setTimeout(giveUp, config.silent ?? silence).unref();
    this.on('drain', () => {
      this.#isAsking = false;
    });
    this.once('end', () => clearTimeout(this.#timer));
  }

  // biome-ignore lint/suspicious/noExplicitAny: pg declares a dozen overloads of it.
  override query(text: any, values?: any, callback?: any): any {
    this.#isAsking = true;
    this.#timer.refresh();
    if (typeof text !== 'string' || !Array.isArray(values) || values.length === 0)
      return super.query(text, values, callback);
    const name = names.get(text) ?? createHash('sha1').update(text).digest('base64');
    names.set(text, name);
    if (textual.has(text)) return queryTexts((it) => super.query(it), name, text, values);
    return super.query({ name, text, values }, callback as never);
  }
}
