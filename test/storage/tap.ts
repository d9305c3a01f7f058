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
  pg.Client.prototype.query = async function (this: pg.Client, ...args: unknown[]) {
    const [first, values] = args as [string | { text?: string; values?: unknown[] }, unknown];
    const config = typeof first === 'string' ? { text: first, values: Array.isArray(values) ? values : [] } : first;
    if (this === superuser || !config?.text) return plain.apply(this, args);
    return (
      (await instead(config.text, config.values ?? [], (text) => plain.call(this, text))) ?? plain.apply(this, args)
    );
  } as typeof query;
  return () => {
    pg.Client.prototype.query = query;
  };
}
