import type pg from 'pg';

/** Statements that are read as texts, by what they say. */
export const textual = new Set<string>();

/** The parts of a connection that a query of one's own drives, as pg-cursor does. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Readonly<Record<string, string>>;
  /** Those that are sent already and not yet known to be parsed. */
  readonly submittedNamedStatements: Record<string, string>;
  parse(statement: { readonly name: string; readonly text: string }): void;
  bind(portal: { readonly statement: string; readonly values: readonly unknown[] }): void;
  execute(portal: object): void;
  sync(): void;
}

/**
 * A query of a single column of text. What it answers is known, so that nothing has to be described and made into objects first: that
 * takes as long as finding a row.
 */
class TextQuery {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  readonly rows: string[] = [];
  readonly callback: (thrown: Error | undefined) => void;

  constructor(name: string, text: string, values: readonly unknown[], done: TextQuery['callback']) {
    this.name = name;
    this.text = text;
    this.values = values;
    this.callback = done;
  }

  submit(connection: Connection): void {
    connection.stream.cork();
    if (!connection.parsedStatements[this.name] && !connection.submittedNamedStatements[this.name]) {
      connection.submittedNamedStatements[this.name] = this.text;
      connection.parse(this);
    }
    connection.bind({ statement: this.name, values: this.values.map(literal) });
    connection.execute({});
    connection.sync();
    connection.stream.uncork();
  }

  handleDataRow({ fields }: { readonly fields: readonly string[] }): void {
    this.rows.push(fields[0] as string);
  }

  handleCommandComplete(): void {}

  handleReadyForQuery(): void {
    this.callback(undefined);
  }

  handleError(thrown: Error): void {
    this.callback(thrown);
  }
}

/** Runs a statement that is read as texts, as the result that others have. */
export const queryTexts = (
  query: (it: pg.Submittable) => unknown,
  name: string,
  text: string,
  values: readonly unknown[],
): Promise<{ readonly command: 'SELECT'; readonly rowCount: number; readonly rows: readonly string[] }> =>
  new Promise((resolve, reject) => {
    const it = new TextQuery(name, text, values, (thrown) =>
      thrown ? reject(thrown) : resolve({ command: 'SELECT', rowCount: it.rows.length, rows: it.rows }),
    );
    query(it as unknown as pg.Submittable);
  });

const literal = (value: unknown): unknown => (Array.isArray(value) ? `{${value.map(quoted).join()}}` : value);
const quoted = (value: unknown) => `"${String(value).replace(/["\\]/g, '\\$&')}"`;
