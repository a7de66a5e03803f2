import { List, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { grantsOfQuery } from '../api/grant.ts';
import type { KnownPerson } from '../api/people.ts';
import { entitlementTitle } from '../elements/entitlement-words.ts';

/** So many are named; beyond that the number says enough. */
const NAMED = 8;

/** What the disabling of an account ends, by name. */
export function EndsAtOnce({ person }: { readonly person: KnownPerson }) {
  return (
    <Stack gap="sm">
      <Text>
        This ends all of their access at once: they are signed out everywhere, every request is refused, open
        connections are cut, and their pending requests are cancelled. Enabling the account does not bring the access
        back.
      </Text>
      <EndingGrants personId={person.id} />
    </Stack>
  );
}

/** The grants that would end, by name. */
export function EndingGrants({ personId }: { readonly personId: string }) {
  const grants = useInfiniteQuery(grantsOfQuery(personId));
  const all = (grants.data?.pages ?? []).flatMap((page) => page.items);
  if (grants.isSuccess && all.length === 0) return <Text>They hold no grants at the moment.</Text>;
  const more = all.length - NAMED;
  return (
    <div aria-live="polite">
      <Text fw={600}>What ends:</Text>
      <List>
        {all.slice(0, NAMED).map((grant) => (
          <List.Item key={grant.id}>{entitlementTitle(grant)}</List.Item>
        ))}
        {(more > 0 || grants.hasNextPage) && (
          <List.Item>{grants.hasNextPage ? 'and more than can be listed here' : `and ${more} more`}</List.Item>
        )}
      </List>
    </div>
  );
}
