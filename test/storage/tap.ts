import pg from 'pg';
import { superuser } from '../support/world.ts';

type Tap = (
  text: string,
  values: readonly unknown[],
  query: (text: string) => Promise<pg.QueryResult>,
) => Promise<pg.QueryResult | undefined>;

/** Stands between the product and the server: sees each statement on its way, and may send another in its place. */
export function tap(instead: Tap): () => void {
  const { query } = pg.Client.prototype;
  const plain = query as (this: pg.Client, ...args: unknown[]) => Promise<pg.QueryResult>;
  pg.Client.prototype.query = async function (this: pg.Client, ...args: unknown[]): Promise<unknown> {
    const [first, values] = args as [string | { text?: string; values?: unknown[] }, unknown];
    const config = typeof first === 'string' ? { text: first, values: Array.isArray(values) ? values : [] } : first;
    if (this === superuser || !config?.text) return plain.apply(this, args);
    if (isOwnQuery(first)) {
      try {
        const result = await instead(config.text, config.values ?? [], (text) => plain.call(this, text));
        return result ? answered(first, result) : await plain.apply(this, args);
      } catch (thrown) {
        return first.callback(thrown as Error);
      }
    }
    return (
      (await instead(config.text, config.values ?? [], (text) => plain.call(this, text))) ?? plain.apply(this, args)
    );
  } as unknown as typeof query;
  return () => {
    pg.Client.prototype.query = query;
  };
}

/** A query that drives the connection itself and tells what it read by a callback. */
interface OwnQuery {
  readonly rows: unknown[];
  callback(thrown: Error | undefined): void;
}

const isOwnQuery = (it: unknown): it is OwnQuery => typeof (it as { submit?: unknown }).submit === 'function';

function answered(query: OwnQuery, { rows }: pg.QueryResult): void {
  query.rows.push(...rows.map((row) => Object.values(row)[0]));
  query.callback(undefined);
}
