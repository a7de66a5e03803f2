import { queryOptions } from '@tanstack/react-query';
import type { Role } from '../../core/access/role.ts';
import { getJson, postJson } from './api-client.ts';
import { queryKeys } from './query-keys.ts';

export interface DemoPerson {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
}

export type SignInOptions =
  | { readonly mode: 'quickstart'; readonly people: readonly DemoPerson[] }
  | { readonly mode: 'oidc'; readonly sign_in_url: string };

export function signInOptionsQuery() {
  return queryOptions({
    queryKey: queryKeys.signInOptions,
    queryFn: ({ signal }) => getJson<SignInOptions>('/auth/options', { signal }),
    staleTime: 60_000,
  });
}

/** Quickstart only: signs in as a demo person. */
export function signInAs(email: string): Promise<null> {
  return postJson('/quickstart/sign-in', { email });
}

/** @returns where to go on, to be signed out at the identity provider too; null: it is done */
export function signOut(): Promise<{ readonly redirect_to: string } | null> {
  return postJson('/auth/sign-out', {});
}
