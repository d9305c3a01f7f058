/** One page of a list, and the place that the next one starts after, where there is one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly next?: string | undefined;
}
