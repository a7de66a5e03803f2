import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useParams } from 'react-router';
import { accessRequestQuery, type AccessRequest } from '../api/access-request.ts';
import { useIsLive } from '../api/live-state.ts';
import { entitlementPhrase, entitlementTitle } from '../elements/entitlement-words.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { requestStatusWord } from '../elements/request-status-badge.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { useMe } from '../shell/me-context.ts';
import { BundleSiblings } from './bundle-siblings.tsx';
import { pollDelay } from './poll-delay.ts';
import { RequestDetails } from './request-details.tsx';
import { RequestHistory } from './request-history.tsx';
import { RequestProgress } from './request-progress.tsx';
import classes from './request-screen.module.css';

/** One request, for its requester: the page that waits. */
export function RequestScreen() {
  const { id = '' } = useParams();
  return <OneRequest key={id} id={id} />;
}

function OneRequest({ id }: { readonly id: string }) {
  const me = useMe();
  const [openedAtMs] = useState(() => Date.now());
  const live = useIsLive();
  const {
    data: request,
    error,
    refetch,
  } = useQuery({
    ...accessRequestQuery(id),
    refetchIntervalInBackground: true,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined &&
      pollDelay({
        request: data,
        watchedMs: Date.now() - openedAtMs,
        visible: document.visibilityState === 'visible',
        live,
      }),
  });
  const back = <TextLink to="/access-requests">All Access Requests</TextLink>;
  if (request === undefined) {
    return (
      <Page title="Access request" intro={back}>
        {error === null ? (
          <LoadingState what="the request" rows={4} />
        ) : (
          <ProblemState error={error} onRetry={() => void refetch()} />
        )}
      </Page>
    );
  }
  const mine = request.requester.id === me.id;
  // Whoever follows a link to somebody else's request is there to decide it.
  if (!mine && me.can.review) return <Navigate to={`/review/${id}`} replace />;
  return (
    <Page title={`Access to ${entitlementPhrase(request)}`} tabTitle={tabTitle(request)} intro={back}>
      <div className={classes.columns}>
        <div className={classes.progress}>
          <RequestProgress request={request} mine={mine} connectionLost={error !== null} />
        </div>
        <div className={classes.details}>
          <Stack gap="xl">
            <BundleSiblings request={request} />
            <Section title="The request">
              <RequestDetails request={request} />
            </Section>
          </Stack>
        </div>
        <div className={classes.history}>
          <Section
            title="What happened"
            aside={
              me.can.read_audit && (
                <TextLink to={`/settings/audit-log?request_id=${request.id}`}>In the Audit Log</TextLink>
              )
            }
          >
            <RequestHistory request={request} />
          </Section>
        </div>
      </div>
    </Page>
  );
}

/** The status comes first: a tab in the background tells how things stand. */
function tabTitle(request: AccessRequest): string {
  return `${requestStatusWord(request.status)}: ${entitlementTitle(request)}`;
}
