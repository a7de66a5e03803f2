import { Anchor, Text } from '@mantine/core';
import { useEffect } from 'react';
import { Link, useLocation } from 'react-router';
import { readReturnTo, returnToWords } from '../access-requests/return-to.ts';
import { Page } from '../elements/page.tsx';
import { useMe } from '../shell/me-context.ts';
import { isBehindSidecar } from './is-behind-sidecar.ts';

/** Where a sidecar sends people it does not know: they sign in on the way here, and go back to where they came from. */
export function GoBackScreen() {
  const { sidecar_urls: sidecarUrls } = useMe();
  const { hash } = useLocation();
  // After a provider's redirect the fragment comes back a moment later than the page.
  const url = URL.parse(readReturnTo(hash) ?? '');
  const way = url !== null && isBehindSidecar(url, sidecarUrls) ? url.href : null;
  useEffect(() => {
    if (way !== null) globalThis.location.replace(way);
  }, [way]);
  if (url !== null && way !== null) {
    return (
      <Page title="Signed in">
        <Text>
          Taking you back to <Anchor href={way}>{returnToWords(url)}</Anchor>…
        </Text>
      </Page>
    );
  }
  return (
    <Page title="Signed in">
      <Text>
        The address you came from is not one that Hallpass serves, so you were not sent there. Go to{' '}
        <Anchor component={Link} to="/my-access">
          My access
        </Anchor>
        .
      </Text>
    </Page>
  );
}
