/** One page of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** null: this was the last page. */
  readonly next_cursor: string | null;
}
