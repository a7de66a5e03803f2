import { Stack } from '@mantine/core';
import { Page } from '../elements/page.tsx';
import { useMe } from '../shell/me-context.ts';
import { AppearanceSection } from './appearance-section.tsx';
import { OwnAccessSection } from './own-access-section.tsx';
import { SessionsSection } from './sessions-section.tsx';
import { WhoSection } from './who-section.tsx';

/** Who one is here, what one has and for how long, how it looks, and where one is signed in. */
export function ProfileScreen() {
  const me = useMe();
  return (
    <Page title="Profile" intro={me.email}>
      <Stack gap="xl">
        <WhoSection me={me} />
        <OwnAccessSection grants={me.grants} />
        <AppearanceSection />
        <SessionsSection />
      </Stack>
    </Page>
  );
}
