/** One way in which the product keeps to a line, and the patch that takes it out. */
export interface Guard {
  readonly file: string;
  /** What it does, in words. */
  readonly does: string;
  /** Found exactly once in the file. */
  readonly from: string;
  readonly to: string;
}

/** What is expected of whoever serves MCP on a network; its tests are those whose titles end in `(security LINE)`. */
export interface Line {
  readonly line: number;
  readonly expects: string;
  readonly guards: readonly Guard[];
}
