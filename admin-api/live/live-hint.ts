/** What a page may have to read again. */
export type LiveTopic = 'notifications' | 'access-requests' | 'grants';

/** Says that something changed, never what: the page reads it through the API, with the checks every reader gets. */
export interface LiveHint {
  readonly topic: LiveTopic;
  /** The request or grant that changed; null: any of them. */
  readonly id: string | null;
}

/** Who is told of a hint: some people, perhaps every Admin and the Owner, or whoever is connected. */
export interface AddressedHint {
  readonly hint: LiveHint;
  readonly people: readonly string[] | 'everybody';
  readonly admins: boolean;
}
