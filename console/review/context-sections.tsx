import { Alert, Button, Paper, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AccessRequest } from '../api/access-request.ts';
import type { NamedResource } from '../api/entitlement.ts';
import { requestContextQuery, type RequestContext } from '../api/review-queue.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementTitle, roleWord } from '../elements/entitlement-words.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { RequestStatusBadge } from '../elements/request-status-badge.tsx';
import { RowLinks } from '../elements/row-links.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { RelativeTimeStamp, TimeStamp } from '../elements/time-stamp.tsx';

/** So many are shown until somebody wants all of them. */
const SHOWN = 5;

/** What a reviewer wants to know beside the request: what it opens, what the requester has and had, and the refusal before it. */
export function ContextSections({ request }: { readonly request: AccessRequest }) {
  const context = useQuery(requestContextQuery(request.id));
  if (context.isPending) return <LoadingState what="what surrounds the request" rows={3} />;
  if (context.isError) {
    return (
      <Alert color="amber" title="What surrounds this request could not be read">
        You can decide without it.{' '}
        <Button variant="default" size="compact-md" onClick={() => void context.refetch()}>
          Try again
        </Button>
      </Alert>
    );
  }
  const { covers, active_grants: grants, past_requests: past, denial, requester } = context.data;
  return (
    <>
      {denial !== null && <Denial denial={denial} />}
      <Section title={request.status === 'pending' ? 'What it will open' : 'What it opens'}>
        <Covers covers={covers} request={request} />
      </Section>
      <Section
        title="What they have already"
        aside={<TextLink to={`/settings/people/${requester.id}`}>Open {requester.name || requester.email}</TextLink>}
      >
        <Paper>
          <Text mb={grants.length > 0 ? 'xs' : 0}>
            Base role {roleWord(requester.role)}
            {requester.groups.length > 0 && `, in ${requester.groups.join(', ')}`}
            {grants.length === 0 && '. No other access at the moment'}.
          </Text>
          <Grants grants={grants} />
        </Paper>
      </Section>
      {past.length > 0 && (
        <Section title="What they asked for before">
          <Paper>
            <RowLinks
              rows={past.slice(0, SHOWN).map((one) => ({
                key: one.id,
                to: `/review/${one.id}`,
                label: `the request for ${entitlementTitle(one)}`,
                content: (
                  <>
                    <div>{entitlementTitle(one)}</div>
                    <Text c="dimmed" size="sm">
                      <RelativeTimeStamp time={one.submitted_at} />
                    </Text>
                  </>
                ),
                aside: <RequestStatusBadge status={one.status} />,
              }))}
            />
            <TextLink to={`/review?tab=decided&requester=${requester.id}`}>All of their requests</TextLink>
          </Paper>
        </Section>
      )}
    </>
  );
}

function Denial({ denial }: { readonly denial: NonNullable<RequestContext['denial']> }) {
  return (
    <Section title="The refusal it came from">
      <Paper>
        <Text>
          {denial.action === null ? 'It' : <b>{denial.action}</b>} was refused
          {denial.at !== null && (
            <>
              {' '}
              <TimeStamp time={denial.at} precision="second" />
            </>
          )}
          .{' '}
          <TextLink to={`/settings/audit-log?evaluation_id=${encodeURIComponent(denial.evaluation_id)}`}>
            See it in the Audit Log
          </TextLink>
        </Text>
      </Paper>
    </Section>
  );
}

function Covers({ covers, request }: { readonly covers: readonly NamedResource[]; readonly request: AccessRequest }) {
  const [all, setAll] = useState(false);
  if (request.kind === 'role') {
    return (
      <Paper>
        <Text>Whatever the role {roleWord(request.role ?? '')} opens, within the Scopes they are in.</Text>
      </Paper>
    );
  }
  const shown = all ? covers : covers.slice(0, SHOWN);
  return (
    <Paper>
      <Stack gap="sm" align="flex-start">
        {covers.length === 0 && <Text>Nothing that is known at the moment.</Text>}
        {shown.map((resource) => (
          <EntitlementLabel
            key={`${resource.type}:${resource.id}`}
            entitlement={{ kind: 'resource', resource, scope: null, role: null }}
          />
        ))}
        {shown.length < covers.length && (
          <Button variant="default" size="sm" onClick={() => setAll(true)}>
            Show all {covers.length}
          </Button>
        )}
      </Stack>
    </Paper>
  );
}

function Grants({ grants }: { readonly grants: RequestContext['active_grants'] }) {
  const [all, setAll] = useState(false);
  const shown = all ? grants : grants.slice(0, SHOWN);
  return (
    <Stack gap="sm" align="flex-start">
      {shown.map((grant) => (
        <div key={grant.id}>
          <EntitlementLabel entitlement={grant} />
          <Text c="dimmed" size="sm">
            {grant.expires_at === null ? (
              'Permanent'
            ) : (
              <>
                until <TimeStamp time={grant.expires_at} />
              </>
            )}
          </Text>
        </div>
      ))}
      {shown.length < grants.length && (
        <Button variant="default" size="sm" onClick={() => setAll(true)}>
          Show all {grants.length}
        </Button>
      )}
    </Stack>
  );
}
