import { queryOptions } from '@tanstack/react-query';
import type { Role } from '../../core/access/role.ts';
import { serverClock } from '../time/server-clock.ts';
import { getJson } from './api-client.ts';
import type { Grant } from './grant.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

export interface Me extends Person {
  /** The role that counts now: base role and role grants. */
  readonly role: Role;
  readonly base_role: Role;
  readonly groups: readonly string[];
  readonly grants: readonly Grant[];
  readonly can: { readonly review: boolean; readonly read_audit: boolean };
  readonly server_time: string;
  /** Public addresses of the sidecars: where people may be sent back to. */
  readonly sidecar_urls: readonly string[];
}

/** Who is signed in. Each answer also sets the clock that countdowns run on. */
export function meQuery() {
  return queryOptions({
    queryKey: queryKeys.me,
    queryFn: async ({ signal }) => {
      const sentAtMs = Date.now();
      const me = await getJson<Me>('/v1/me', { signal });
      serverClock.observe({ serverTimeMs: Date.parse(me.server_time), sentAtMs, receivedAtMs: Date.now() });
      return me;
    },
    staleTime: 0,
    refetchInterval: 15_000,
    refetchOnWindowFocus: 'always',
  });
}
