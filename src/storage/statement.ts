import { CompiledQuery, type RawBuilder, sql } from 'kysely';
import { trailing } from './client.ts';
import { storeOf, type Tx } from './database.ts';
import { textual } from './texts.ts';

/** Where the values of these parameters stand in a statement. */
export type Places<P> = { readonly [K in keyof P]-?: RawBuilder<unknown> };

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
export const statement = <P extends object, R>(build: Build<P, R>) => prepared(build);

/** The same of a statement that answers one column of text, for what is read most. Its parameters are texts and arrays of them. */
export const texts = <P extends { readonly [K in keyof P]: string | readonly string[] | null }>(
  build: Build<P, string>,
) => prepared(build, textual);

/** The same of a statement that answers nothing, whose failure may come with what follows it in the transaction: it goes together with that. */
export const trail = <P extends object>(build: Build<P, never>) => prepared(build, trailing);

type Build<P, R> = (parameters: Places<P>) => RawBuilder<R>;

/** Notes what it says among those that the connection treats in a way of their own, if it is one of them. */
function prepared<P extends object, R>(build: Build<P, R>, those?: Set<string>) {
  let made: Made | undefined;
  return async (tx: Tx, values: P): Promise<readonly R[]> => {
    if (!made) {
      made = compiled(tx, build);
      those?.add(made.query.sql);
    }
    return run(tx, made, values);
  };
}

interface Made {
  readonly query: CompiledQuery;
  readonly names: readonly PropertyKey[];
}

async function run<P extends object, R>(tx: Tx, { query, names }: Made, values: P): Promise<readonly R[]> {
  const parameters = names.map((name) => values[name as keyof P]);
  return (await storeOf(tx).executeQuery<R>({ ...query, parameters } as CompiledQuery<R>)).rows;
}

function compiled<P extends object>(tx: Tx, build: (parameters: Places<P>) => RawBuilder<unknown>): Made {
  const places = new Proxy({}, { get: (_, name) => sql`${new Place(name)}` }) as Places<P>;
  const { sql: text, parameters } = build(places).compile(storeOf(tx));
  const names = [...new Set(parameters.map((it) => (it as Place).name))];
  const numbered = text.replace(
    /\$(\d+)/g,
    (_, n) => `$${names.indexOf((parameters[Number(n) - 1] as Place).name) + 1}`,
  );
  return { query: CompiledQuery.raw(numbered), names };
}
