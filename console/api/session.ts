import { queryOptions } from '@tanstack/react-query';
import { deleteJson, getJson, postJson } from './api-client.ts';
import { queryKeys } from './query-keys.ts';

/** One browser that is signed in as this person. */
export interface Session {
  readonly id: string;
  readonly created_at: string;
  readonly last_seen_at: string;
  readonly expires_at: string;
  /** `Firefox 142 on Linux`; null: it did not say. */
  readonly user_agent: string | null;
  readonly ip: string | null;
  /** The one this console is in. */
  readonly current: boolean;
}

/** One's own open sessions, the latest used first. */
export function sessionsQuery() {
  return queryOptions({
    queryKey: queryKeys.sessions,
    queryFn: async ({ signal }) =>
      (await getJson<{ readonly items: readonly Session[] }>('/v1/sessions', { signal })).items,
    refetchInterval: 60_000,
  });
}

export function endSession(id: string, idempotencyKey: string): Promise<null> {
  return deleteJson(`/v1/sessions/${encodeURIComponent(id)}`, idempotencyKey);
}

export function endOtherSessions(idempotencyKey: string): Promise<{ readonly ended: number }> {
  return postJson('/v1/sessions/end-others', {}, idempotencyKey);
}
