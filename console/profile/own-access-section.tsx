import { IconKey } from '@tabler/icons-react';
import type { Grant } from '../api/grant.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { Countdown } from '../elements/countdown.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { byNearestEnd, sortGrants } from '../my-access/sort-grants.ts';
import { useNow } from '../time/use-now.ts';
import classes from './rows.module.css';

/** What holds now, what ends first first, with the time that is left (R21). */
export function OwnAccessSection({ grants }: { readonly grants: readonly Grant[] }) {
  const active = sortGrants(grants, useNow(1_000)).active.toSorted(byNearestEnd);
  return (
    <Section title="Access you have now" aside={<TextLink to="/my-access">All in My access</TextLink>}>
      {active.length === 0 ? (
        <BlankState
          icon={IconKey}
          title="No grants at the moment"
          action={<ButtonLink to="/access-requests/new">New Request</ButtonLink>}
        >
          What your role opens by itself is not listed here.
        </BlankState>
      ) : (
        <ul className={classes.rows}>
          {active.map((grant) => (
            <li key={grant.id} className={classes.row}>
              <EntitlementLabel entitlement={grant} />
              <Countdown grant={grant} />
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}
