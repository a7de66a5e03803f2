import { Button } from '@mantine/core';
import { withQuery } from '../api/api-client.ts';
import type { Place } from './destination.ts';

interface SignInWithProviderProps {
  readonly signInUrl: string;
  readonly destination: Place | null;
}

/** A plain link: the browser leaves for the identity provider. Path and query go along, the fragment stays here. */
export function SignInWithProvider({ signInUrl, destination }: SignInWithProviderProps) {
  const returnTo = destination === null ? '/my-access' : `${destination.pathname}${destination.search}`;
  return (
    <Button component="a" href={withQuery(signInUrl, { return_to: returnTo })} size="md" fullWidth>
      Sign in with your organisation
    </Button>
  );
}
