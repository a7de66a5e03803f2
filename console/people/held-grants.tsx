import { IconKey } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { grantsOfQuery } from '../api/grant.ts';
import type { KnownPerson } from '../api/people.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { sortGrants } from '../my-access/sort-grants.ts';
import { useNow } from '../time/use-now.ts';
import { HeldGrantsTable } from './held-grants-table.tsx';
import { RevokeAll } from './revoke-all.tsx';

/** Every grant the person holds now, each with the way to end it. */
export function HeldGrants({ person }: { readonly person: KnownPerson }) {
  const grants = useInfiniteQuery({ ...grantsOfQuery(person.id), refetchInterval: useFallbackPoll(15_000) });
  const nowMs = useNow(1_000);
  const all = (grants.data?.pages ?? []).flatMap((page) => page.items);
  const { active, scheduled } = sortGrants(all, nowMs);
  const held = [...active, ...scheduled];
  return (
    <>
      {grants.isPending && <LoadingState what="active access" />}
      {grants.isError && all.length === 0 && (
        <ProblemState error={grants.error} onRetry={() => void grants.refetch()} />
      )}
      {grants.isSuccess && held.length === 0 && (
        <BlankState icon={IconKey} title="No grants at the moment">
          What the role opens by itself is not listed here.
        </BlankState>
      )}
      {held.length > 0 && <HeldGrantsTable grants={held} />}
      <LoadMore {...grants} />
      {/* Stays when nothing is left: it says how much ended. */}
      <RevokeAll person={person} hasAny={held.length > 0} />
    </>
  );
}
