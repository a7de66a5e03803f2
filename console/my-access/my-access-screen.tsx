import { Stack } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { Grant } from '../api/grant.ts';
import { myGrantsQuery } from '../api/grant.ts';
import { useFallbackPoll } from '../api/live-state.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { roleWord } from '../elements/entitlement-words.ts';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { useMe } from '../shell/me-context.ts';
import { useNow } from '../time/use-now.ts';
import { EndedGrantsTable } from './ended-grants-table.tsx';
import { GrantPass } from './grant-pass.tsx';
import { byNearestEnd, sortGrants } from './sort-grants.ts';
import { RecentRequests } from './recent-requests.tsx';
import classes from './my-access-screen.module.css';

/** The profile: what one may reach now and until when, what is to come, what is over. */
export function MyAccessScreen() {
  const me = useMe();
  const grants = useInfiniteQuery({ ...myGrantsQuery(), refetchInterval: useFallbackPoll(15_000) });
  const nowMs = useNow(1_000);
  const all = (grants.data?.pages ?? []).flatMap((page) => page.items);
  const { active, scheduled, ended } = sortGrants(all, nowMs);
  return (
    <Page
      title="My access"
      intro={`${me.name || me.email} · ${roleWord(me.role)}`}
      actions={<ButtonLink to="/access-requests/new">New Request</ButtonLink>}
    >
      <Stack gap="xl">
        <Section title="Open now">
          {grants.isPending && <LoadingState what="your access" />}
          {grants.isError && all.length === 0 && (
            <ProblemState error={grants.error} onRetry={() => void grants.refetch()} />
          )}
          {grants.isSuccess && active.length === 0 && (
            <BlankState icon={IconKey} title="No grants at the moment">
              What your role opens by itself is not listed here. Ask for what you need beyond it.
            </BlankState>
          )}
          <Passes grants={active.toSorted(byNearestEnd)} />
        </Section>
        {scheduled.length > 0 && (
          <Section title="Opens later">
            <Passes grants={scheduled} />
          </Section>
        )}
        <RecentRequests />
        {ended.length > 0 && (
          <Section title="Over">
            <EndedGrantsTable grants={ended} />
          </Section>
        )}
        <LoadMore {...grants} />
      </Stack>
    </Page>
  );
}

function Passes({ grants }: { readonly grants: readonly Grant[] }) {
  return (
    <ul className={classes.passes}>
      {grants.map((grant) => (
        <li key={grant.id}>
          <GrantPass grant={grant} />
        </li>
      ))}
    </ul>
  );
}
