import { Code, Paper, Text } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { PersonName } from '../elements/person-name.tsx';
import { TermList, type Term } from '../elements/term-list.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { AskedTime } from '../review/asked-time.tsx';
import classes from './request-details.module.css';

/** Everything that is known about a request; what was asked beside what was given where they differ. */
export function RequestDetails({ request }: { readonly request: AccessRequest }) {
  const { given } = request;
  const otherThing = given !== null && given.modifications.includes('entitlement');
  const otherTime =
    given !== null && (given.modifications.includes('duration_seconds') || given.modifications.includes('starts_at'));
  const terms: Term[] = [
    { name: 'Requester', value: <PersonName person={request.requester} /> },
    { name: otherThing ? 'Asked for' : 'Resource', value: <EntitlementLabel entitlement={request} /> },
    ...(otherThing ? [{ name: 'Given', value: <EntitlementLabel entitlement={given} /> }] : []),
    { name: 'Reason', value: <Text className={classes.reason}>{request.reason}</Text> },
    { name: 'Requested duration', value: <AskedTime {...request} /> },
    ...(otherTime ? [{ name: 'Given duration', value: <AskedTime {...given} /> }] : []),
    ...(request.extends_grant?.request_id == null
      ? []
      : [
          {
            name: 'More time for',
            value: (
              <TextLink to={`/access-requests/${request.extends_grant.request_id}`}>
                the request that opened it
              </TextLink>
            ),
          },
        ]),
    { name: 'Submitted', value: <TimeStamp time={request.submitted_at} /> },
    ...(request.grant?.expires_at == null
      ? []
      : [{ name: 'Ends', value: <TimeStamp time={request.grant.expires_at} precision="second" /> }]),
    ...(request.action === null ? [] : [{ name: 'Refused action', value: `${request.action}${unverified(request)}` }]),
    ...(request.evaluation_id === null ? [] : [{ name: 'Evaluation', value: <Code>{request.evaluation_id}</Code> }]),
    ...(request.policy_reasons.length === 0
      ? []
      : [{ name: 'The policy says', value: <PolicyReasons reasons={request.policy_reasons} /> }]),
    { name: 'Request id', value: <Code>{request.id}</Code> },
  ];
  return (
    <Paper py="sm">
      <TermList terms={terms} />
    </Paper>
  );
}

/** A link can be written by anybody; only a denial that was signed by its sidecar is beyond doubt. */
function unverified(request: AccessRequest): string {
  return request.denial_verified ? '' : ' (as the link said)';
}

function PolicyReasons({ reasons }: { readonly reasons: readonly string[] }) {
  return (
    <>
      {reasons.map((reason) => (
        <div key={reason}>{reason}</div>
      ))}
    </>
  );
}
