/** What the server says may have changed; it never says how. */
export interface LiveHint {
  readonly topic: 'notifications' | 'access-requests' | 'grants';
  /** null: any of them. */
  readonly id: string | null;
}

/** What else shows the things of a topic: a request shows its grant, and who one is shows what one has. */
const SHOWN_IN: Record<LiveHint['topic'], readonly string[]> = {
  notifications: ['notifications'],
  'access-requests': ['access-requests', 'audit-events'],
  grants: ['grants', 'access-requests', 'me', 'audit-events'],
};

/** Whether an answer kept under this key (`query-keys.ts`) may be out of date after the hint. */
export function concerns({ topic, id }: LiveHint, queryKey: readonly unknown[]): boolean {
  const [area, what, which] = queryKey;
  if (!SHOWN_IN[topic].includes(String(area))) return false;
  if (area !== 'access-requests') return true;
  // What is being written down is asked about anew with each change of it.
  if (what === 'preview') return false;
  return topic === 'grants' || what !== 'one' || id === null || which === id;
}

/** @throws SyntaxError when it is no JSON */
export function readLiveHint(data: string): LiveHint {
  const { topic, id } = JSON.parse(data) as LiveHint;
  return { topic, id: id ?? null };
}
