import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import { storeOf, type Tx } from './database.ts';

type Places<P> = { readonly [K in keyof P]-?: RawBuilder<unknown> };

/** Stands in a statement for a parameter until its value is known. */
class Place {
  readonly name: PropertyKey;
  constructor(name: PropertyKey) {
    this.name = name;
  }
}

/**
 * A statement that is put together once and run with other parameters each time; a parameter that stands in it several times is sent
 * once. Putting a long one together costs as much as it runs.
 */
export function statement<P extends object, R>(
  build: (parameters: Places<P>) => RawBuilder<R>,
): (tx: Tx, values: P) => Promise<readonly R[]> {
  let made: { readonly text: string; readonly names: readonly PropertyKey[] } | undefined;
  return async (tx, values) => {
    const store = storeOf(tx);
    made ??= compiled(build(new Proxy({}, { get: (_, name) => sql`${new Place(name)}` }) as Places<P>).compile(store));
    const { rows } = await store.executeQuery<R>(
      CompiledQuery.raw(
        made.text,
        made.names.map((name) => values[name as keyof P]),
      ),
    );
    return rows;
  };
}

function compiled({ sql: text, parameters }: CompiledQuery) {
  const names = [...new Set(parameters.map((it) => (it as Place).name))];
  const numbered = text.replace(
    /\$(\d+)/g,
    (_, n) => `$${names.indexOf((parameters[Number(n) - 1] as Place).name) + 1}`,
  );
  return { text: numbered, names };
}
