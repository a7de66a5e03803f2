import { Alert } from '@mantine/core';
import { IconUrgent } from '@tabler/icons-react';
import { useLocation, useSearchParams } from 'react-router';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { Page } from '../elements/page.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { useMe } from '../shell/me-context.ts';
import { entitlementQuery } from './asked-entitlement.ts';
import { readDenialLink } from './denial-link.ts';
import { DenialNote } from './denial-note.tsx';
import { EmergencyConsequences } from './emergency-consequences.tsx';
import classes from './emergency-screen.module.css';
import { RequestForm } from './request-form.tsx';
import { useNamedEntitlement } from './use-named-entitlement.ts';
import type { Things } from './asked-things.ts';

/** Access at once, without a review before it: what follows is said first, and asked once more at the end. */
export function EmergencyScreen({ things }: { readonly things: Things }) {
  const [query] = useSearchParams();
  const { pathname, hash } = useLocation();
  const { sidecar_urls: sidecarUrls } = useMe();
  const usual = new URLSearchParams(query);
  usual.delete('emergency');
  const link = readDenialLink(query, hash, sidecarUrls);
  return (
    <Page
      narrow
      title="Emergency access"
      intro={<TextLink to={`${pathname}?${usual}${hash}`}>Request it as usual instead</TextLink>}
    >
      <RequestForm things={things} link={link} emergency extended={null} emergencyPath={null}>
        <Alert color="brick" title="Only when it can’t wait for an approval" icon={<IconUrgent aria-hidden="true" />}>
          <EmergencyConsequences />
        </Alert>
        <ul className={classes.things} aria-label="What you take access to">
          {things.map((thing) => (
            <NamedThing key={entitlementQuery(thing)} thing={thing} />
          ))}
        </ul>
        <DenialNote link={link} />
      </RequestForm>
    </Page>
  );
}

function NamedThing({ thing }: { readonly thing: Things[number] }) {
  const { named } = useNamedEntitlement(thing);
  return <li>{named === null ? entitlementQuery(thing) : <EntitlementLabel entitlement={named} />}</li>;
}
