import { Alert } from '@mantine/core';
import { useLocation, useSearchParams } from 'react-router';
import type { AskedEntitlement } from '../api/entitlement.ts';
import { Page } from '../elements/page.tsx';
import { useMe } from '../shell/me-context.ts';
import { readAskedThings, withThings, type Things } from './asked-things.ts';
import { ChosenThings } from './chosen-things.tsx';
import { readDenialLink } from './denial-link.ts';
import { DenialNote } from './denial-note.tsx';
import { EmergencyScreen } from './emergency-screen.tsx';
import { ExtensionScreen } from './extension-screen.tsx';
import { RequestForm } from './request-form.tsx';
import { ThingPicker } from './thing-picker.tsx';

/** From a denial everything is filled in; without one, first comes the search for what to ask for. */
export function NewRequestScreen() {
  const [query] = useSearchParams();
  const { things, unreadable } = readAskedThings(query);
  const extended = query.get('extend');
  if (extended !== null) return <ExtensionScreen key={extended} grantId={extended} />;
  const [first, ...rest] = things;
  if (first === undefined) return <SearchScreen unreadable={unreadable} />;
  return query.has('emergency') ? (
    <EmergencyScreen things={[first, ...rest]} />
  ) : (
    <FormScreen things={[first, ...rest]} />
  );
}

function SearchScreen({ unreadable }: { readonly unreadable: boolean }) {
  const { changeThings } = useAddress();
  return (
    <Page title="New Request" intro="What do you need access to?">
      {unreadable && (
        <Alert color="amber" role="alert" title="This link names nothing that could be asked for">
          It may have been cut off. Search for it instead.
        </Alert>
      )}
      <div>
        <ThingPicker chosen={[]} onChoose={(thing) => changeThings([thing])} />
      </div>
    </Page>
  );
}

function FormScreen({ things }: { readonly things: Things }) {
  const { pathOfEmergency, changeThings, link } = useAddress();
  return (
    <Page title="New Request" tabTitle="Request access">
      <RequestForm things={things} link={link} emergency={false} extended={null} emergencyPath={pathOfEmergency}>
        <ChosenThings things={things} onChange={changeThings} />
        <DenialNote link={link} />
      </RequestForm>
    </Page>
  );
}

/** What the address says beside the things, and how to go on to another one. */
function useAddress() {
  const [query, setQuery] = useSearchParams();
  const { pathname, hash } = useLocation();
  const { sidecar_urls: sidecarUrls } = useMe();
  const emergency = new URLSearchParams(query);
  emergency.set('emergency', '1');
  return {
    link: readDenialLink(query, hash, sidecarUrls),
    pathOfEmergency: `${pathname}?${emergency}${hash}`,
    changeThings: (things: readonly AskedEntitlement[]) => setQuery(withThings(query, things), { replace: true }),
  };
}
