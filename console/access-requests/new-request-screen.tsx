import { Alert } from '@mantine/core';
import { useLocation, useSearchParams } from 'react-router';
import type { AskedEntitlement } from '../api/entitlement.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { useMe } from '../shell/me-context.ts';
import { newRequestPath, readAskedFor } from './asked-entitlement.ts';
import { readDenialLink } from './denial-link.ts';
import { EntitlementPicker } from './entitlement-picker.tsx';
import { OwnRoleChoices } from './own-role-choices.tsx';
import { RequestForm } from './request-form.tsx';
import { useNamedEntitlement } from './use-named-entitlement.ts';

/** From a denial everything is filled in; without one, first comes the choice of what to ask for. */
export function NewRequestScreen() {
  const [query] = useSearchParams();
  const askedFor = readAskedFor(query);
  if (askedFor.kind === 'asked') {
    return <AskedScreen key={JSON.stringify(askedFor.entitlement)} entitlement={askedFor.entitlement} />;
  }
  return (
    <Page title="New Request" intro="What do you need access to?">
      {askedFor.kind === 'unreadable' && (
        <Alert color="amber" role="alert" title="This link names nothing that could be asked for">
          It may have been cut off. Choose from the list instead.
        </Alert>
      )}
      <EntitlementPicker pathOf={newRequestPath} roleChoices={<OwnRoleChoices />} />
    </Page>
  );
}

function AskedScreen({ entitlement }: { readonly entitlement: AskedEntitlement }) {
  const [query] = useSearchParams();
  const { hash } = useLocation();
  const { sidecar_urls: sidecarUrls } = useMe();
  const { named, description, error, retry } = useNamedEntitlement(entitlement);
  return (
    <Page narrow title="Request access" intro={<TextLink to="/access-requests/new">Ask for something else</TextLink>}>
      {named !== null && (
        <RequestForm
          entitlement={entitlement}
          named={named}
          description={description}
          link={readDenialLink(query, hash, sidecarUrls)}
        />
      )}
      {named === null && error !== null && <ProblemState error={error} onRetry={retry} />}
      {named === null && error === null && <LoadingState what="the request form" rows={4} />}
    </Page>
  );
}
