import { Alert, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { progressWords } from '../access-requests/progress-words.ts';
import { RequestDetails } from '../access-requests/request-details.tsx';
import { RequestHistory } from '../access-requests/request-history.tsx';
import { accessRequestQuery, type AccessRequest } from '../api/access-request.ts';
import { Countdown } from '../elements/countdown.tsx';
import { entitlementPhrase, entitlementTitle } from '../elements/entitlement-words.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { RequestStatusBadge, requestStatusWord } from '../elements/request-status-badge.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { RevokeButton } from '../people/revoke-button.tsx';
import { useMe } from '../shell/me-context.ts';
import { NoPermission } from '../shell/no-permission.tsx';
import { askedTimeOf, timeWords } from './asked-given.ts';
import { BreakGlassReview } from './break-glass-review.tsx';
import { BundleSection } from './bundle-section.tsx';
import { ContextSections } from './context-sections.tsx';
import { DecisionPanel } from './decision-panel.tsx';
import { RequestMarks } from './request-marks.tsx';
import { ExtensionEnds } from './extension-ends.tsx';
import classes from './review-request-screen.module.css';
import { StageList } from './stage-list.tsx';
import { TimesOut } from './times-out.tsx';

const ALL_OF_REVIEW = <TextLink to="/review">All of Review</TextLink>;

/** One request, for those who decide: the decision first, then all that bears on it. */
export function ReviewRequestScreen() {
  const { id = '' } = useParams();
  const me = useMe();
  if (!me.can.review) {
    return (
      <Page title="Review">
        <NoPermission what="the review of requests" />
      </Page>
    );
  }
  return <OneRequest key={id} id={id} />;
}

function OneRequest({ id }: { readonly id: string }) {
  const request = useQuery({
    ...accessRequestQuery(id),
    // An approval takes effect within moments; everything else is told by hints, and found late without them.
    refetchInterval: ({ state: { data } }) =>
      data?.status === 'approved' && data.grant?.state === 'active' && !data.in_effect ? 1_000 : 30_000,
  });
  if (request.data !== undefined) return <RequestPage request={request.data} isStale={request.isError} />;
  return (
    <Page title="Access request" intro={ALL_OF_REVIEW}>
      {request.isError ? (
        <ProblemState error={request.error} onRetry={() => void request.refetch()} />
      ) : (
        <LoadingState what="the request" rows={4} />
      )}
    </Page>
  );
}

interface RequestPageProps {
  readonly request: AccessRequest;
  readonly isStale: boolean;
}

function RequestPage({ request, isStale }: RequestPageProps) {
  const me = useMe();
  const who = request.requester.name || request.requester.email;
  return (
    <Page
      title={`${who} asks for ${entitlementPhrase(request)}`}
      tabTitle={`${requestStatusWord(request.status)}: ${entitlementTitle(request)}, ${who}`}
      intro={ALL_OF_REVIEW}
    >
      <div className={classes.columns}>
        <div className={classes.status}>
          <Status request={request} isStale={isStale} />
        </div>
        <div className={classes.decision}>
          <BreakGlassReview request={request} mine={request.requester.id === me.id} />
          <DecisionPanel request={request} />
        </div>
        <Stack gap="xl" className={classes.details ?? ''}>
          <Section title="The request">
            <RequestDetails request={request} />
          </Section>
          <BundleSection request={request} />
          <ContextSections request={request} />
        </Stack>
        <Stack gap="xl" className={classes.course ?? ''}>
          {request.break_glass == null && (request.stages ?? []).length > 0 && (
            <Section title="Approvals">
              <Paper>
                <StageList request={request} />
              </Paper>
            </Section>
          )}
          <Section
            title="What happened"
            aside={<TextLink to={`/settings/audit-log?request_id=${request.id}`}>In the Audit Log</TextLink>}
          >
            <RequestHistory request={request} />
          </Section>
        </Stack>
      </div>
    </Page>
  );
}

/** For how long, at a glance; an extension by its ends. */
function Asked({ request }: { readonly request: AccessRequest }) {
  if (request.extends_grant != null) return <ExtensionEnds grant={request.extends_grant} request={request} />;
  return (
    <Text>
      Asked for: <b>{timeWords(askedTimeOf(request))}</b>, from{' '}
      {request.starts_at == null ? 'the approval on' : <TimeStamp time={request.starts_at} />}.
    </Text>
  );
}

function Status({ request, isStale }: RequestPageProps) {
  const me = useMe();
  const words = progressWords(request, false);
  return (
    <Stack gap="xs">
      <div className={classes.badges}>
        <RequestStatusBadge status={request.status} />
        <RequestMarks request={request} mine={request.requester.id === me.id} />
        {request.status === 'pending' && <TimesOut at={request.pending_until} />}
      </div>
      <div aria-live="polite">
        <Text size="lg" fw={600}>
          {words.headline}
        </Text>
        {words.sentences.map((sentence) => (
          <Text key={sentence}>{sentence}</Text>
        ))}
      </div>
      {request.status === 'pending' && <Asked request={request} />}
      {request.grant !== null && request.grant.state === 'active' && (
        <div className={classes.badges}>
          <Countdown grant={request.grant} />
          {request.requester.id !== me.id && <RevokeButton grant={request.grant} />}
        </div>
      )}
      {isStale && (
        <Alert color="amber" role="alert">
          The server can’t be reached at the moment. This page keeps trying.
        </Alert>
      )}
    </Stack>
  );
}
