import { IconMapOff } from '@tabler/icons-react';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { Page } from '../elements/page.tsx';

export function NotFoundScreen() {
  return (
    <Page title="No such page">
      <BlankState
        icon={IconMapOff}
        title="There is nothing at this address"
        action={<ButtonLink to="/my-access">Go to My access</ButtonLink>}
      >
        The link may be old, or cut off at its end.
      </BlankState>
    </Page>
  );
}
