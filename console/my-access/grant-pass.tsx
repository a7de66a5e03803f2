import { Badge, Button } from '@mantine/core';
import { IconCalendarClock, IconUrgent } from '@tabler/icons-react';
import { useState } from 'react';
import { extensionPath } from '../access-requests/extension-path.ts';
import type { Grant } from '../api/grant.ts';
import { ButtonLink } from '../elements/button-link.tsx';
import { Countdown } from '../elements/countdown.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementTitle } from '../elements/entitlement-words.ts';
import { TextLink } from '../elements/text-link.tsx';
import { TimeStamp } from '../elements/time-stamp.tsx';
import { serverClock } from '../time/server-clock.ts';
import classes from './grant-pass.module.css';
import { GiveUpDialog } from './give-up-dialog.tsx';
import { PassTime } from './pass-time.tsx';
import { isScheduled } from './sort-grants.ts';

/** One grant, shaped like a pass: what it opens, and on the stub how long. */
export function GrantPass({ grant }: { readonly grant: Grant }) {
  const [asking, setAsking] = useState(false);
  const scheduled = isScheduled(grant, serverClock.nowMs());
  return (
    <article className={classes.pass} aria-label={entitlementTitle(grant)}>
      <div className={classes.what}>
        <EntitlementLabel entitlement={grant} />
        {grant.break_glass && (
          <Badge color="brick" size="md" leftSection={<IconUrgent size={14} stroke={2} aria-hidden="true" />}>
            Break-glass
          </Badge>
        )}
        <p className={classes.origin}>
          {originWords(grant)}{' '}
          {grant.request_id !== null && (
            <TextLink to={`/access-requests/${grant.request_id}`}>See the request</TextLink>
          )}
        </p>
      </div>
      <div className={classes.stub}>
        {scheduled ? (
          <span className={classes.opens}>
            <IconCalendarClock size={20} stroke={1.7} aria-hidden="true" />
            <span>
              Opens <TimeStamp time={grant.starts_at} />
            </span>
          </span>
        ) : (
          <Countdown grant={grant} />
        )}
        {grant.expires_at !== null && (
          <>
            {!scheduled && <PassTime startsAt={grant.starts_at} expiresAt={grant.expires_at} />}
            <span className={classes.until}>
              until <TimeStamp time={grant.expires_at} precision="second" />
            </span>
          </>
        )}
        <div className={classes.actions}>
          {grant.can_extend && (
            <ButtonLink
              to={extensionPath(grant.id)}
              variant="light"
              size="compact-sm"
              aria-label={`More time for ${entitlementTitle(grant)}`}
            >
              More time
            </ButtonLink>
          )}
          <Button
            variant="default"
            size="compact-sm"
            aria-label={`Give up ${entitlementTitle(grant)}`}
            onClick={() => setAsking(true)}
          >
            Give up
          </Button>
        </div>
      </div>
      <GiveUpDialog grant={grant} opened={asking} onClose={() => setAsking(false)} />
    </article>
  );
}

function originWords(grant: Grant): string {
  if (grant.origin === 'break-glass') return 'Taken in an emergency; it is reviewed afterwards.';
  if (grant.origin === 'assignment') return 'Assigned by an Admin.';
  return grant.origin === 'automatic' ? 'Approved automatically.' : 'Approved on request.';
}
