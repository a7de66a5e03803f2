import { Paper } from '@mantine/core';
import { IconHourglassOff } from '@tabler/icons-react';
import type { Grant } from '../api/grant.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { Countdown } from '../elements/countdown.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import { Page } from '../elements/page.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { useMe } from '../shell/me-context.ts';
import { newRequestPath } from './asked-entitlement.ts';
import { askedOf } from './asked-things.ts';
import classes from './extension-screen.module.css';
import { RequestForm } from './request-form.tsx';

const NO_LINK = { action: null, evaluationId: null, returnTo: null };

/** More time for what one has: the same grant goes on, without a gap. */
export function ExtensionScreen({ grantId }: { readonly grantId: string }) {
  const { grants } = useMe();
  const grant = grants.find(({ id }) => id === grantId);
  const back = <TextLink to="/my-access">My access</TextLink>;
  if (grant === undefined) {
    return (
      <Page title="More time" intro={back}>
        <BlankState
          icon={IconHourglassOff}
          title="This access is over"
          action={<ButtonLink to="/access-requests/new">New Request</ButtonLink>}
        >
          What has ended can’t be made longer. Ask for it again.
        </BlankState>
      </Page>
    );
  }
  const thing = askedOf(grant);
  if (thing === null || grant.expires_at === null || !grant.can_extend) {
    return (
      <Page title={`More time for ${entitlementPhrase(grant)}`} intro={back}>
        <BlankState
          icon={IconHourglassOff}
          title="It can’t be made longer"
          {...(thing !== null &&
            grant.expires_at !== null && {
              action: <ButtonLink to={newRequestPath(thing)}>Request it anew</ButtonLink>,
            })}
        >
          {whyNot(grant)}
        </BlankState>
      </Page>
    );
  }
  return (
    <Page title={`More time for ${entitlementPhrase(grant)}`} intro={back}>
      <RequestForm things={[thing]} link={NO_LINK} emergency={false} extended={grant} emergencyPath={null}>
        <Paper className={classes.grant}>
          <EntitlementLabel entitlement={grant} />
          <div className={classes.time}>
            <Countdown grant={grant} />
            <span className={classes.until}>
              until <TimeStamp time={grant.expires_at} precision="second" />
            </span>
          </div>
        </Paper>
      </RequestForm>
    </Page>
  );
}

function whyNot(grant: Grant): string {
  return grant.expires_at === null
    ? 'It has no end.'
    : 'A request for more time is waiting already; it is among your Access Requests.';
}
