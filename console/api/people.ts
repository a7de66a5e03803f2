import { infiniteQueryOptions, queryOptions, type QueryClient } from '@tanstack/react-query';
import type { Role } from '../../core/access/role.ts';
import { getJson, patchJson, postJson } from './api-client.ts';
import type { Page } from './page.ts';
import type { Person } from './person.ts';
import { queryKeys } from './query-keys.ts';

/** A person as Admins see them. */
export interface KnownPerson extends Person {
  /** The base role; grants may raise it for a time. */
  readonly role: Role;
  readonly groups: readonly string[];
  readonly disabled: boolean;
}

export interface NewPerson {
  readonly email: string;
  readonly name: string;
  readonly role: Role;
  readonly groups: readonly string[];
}

export interface PersonChange {
  readonly role?: Role;
  readonly disabled?: boolean;
}

/** By address. @param search part of an address or a name */
export function peopleQuery(search: string) {
  return infiniteQueryOptions({
    queryKey: [...queryKeys.people, search],
    queryFn: ({ pageParam, signal }) =>
      getJson<Page<KnownPerson>>('/v1/people', { query: { search, limit: 50, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

/** One person by id. */
export function personQuery(client: QueryClient, id: string) {
  return queryOptions({
    queryKey: queryKeys.person(id),
    queryFn: ({ signal }) => getJson<KnownPerson>(personPath(id), { signal }),
    placeholderData: () => personInLists(client, id),
  });
}

/** What a list said about the person a moment ago, until the answer is there. */
function personInLists(client: QueryClient, id: string): KnownPerson | undefined {
  return client
    .getQueriesData<{ readonly pages: readonly Page<KnownPerson>[] }>({ queryKey: queryKeys.people })
    .flatMap(([, list]) => list?.pages ?? [])
    .flatMap((page) => page.items)
    .find((person) => person.id === id);
}

export function addPerson(person: NewPerson, idempotencyKey: string): Promise<KnownPerson> {
  return postJson('/v1/people', person, idempotencyKey);
}

export function changePerson(id: string, change: PersonChange, idempotencyKey: string): Promise<KnownPerson> {
  return patchJson(personPath(id), change, idempotencyKey);
}

/** Ends everything a person was given; their base role stays. @returns how many grants ended */
export function revokeAllOf(id: string, note: string, idempotencyKey: string): Promise<{ readonly ended: number }> {
  return postJson(`${personPath(id)}/revoke-all`, note === '' ? {} : { note }, idempotencyKey);
}

/** Signs a person out everywhere. @returns how many sessions ended */
export function endSessionsOf(id: string, idempotencyKey: string): Promise<{ readonly ended: number }> {
  return postJson(`${personPath(id)}/end-sessions`, {}, idempotencyKey);
}

function personPath(id: string): string {
  return `/v1/people/${encodeURIComponent(id)}`;
}
