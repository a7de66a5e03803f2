/** A program that asks for access on behalf of people: the PEP of the Access Request and Approval Profile. */
export interface AccessClient {
  readonly id: string;
  readonly name: string;
  /** Patterns of what it may ask for. */
  readonly resources: readonly string[];
  /** Where it may be called back, word for word. */
  readonly callback_urls: readonly string[];
}
