import { Alert, Paper, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation } from 'react-router';
import { meQuery } from '../api/me.ts';
import { signInOptionsQuery } from '../api/sign-in.ts';
import { BrandMark } from '../elements/brand-mark.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { DemoPeople } from './demo-people.tsx';
import { peekDestination, placeText } from './destination.ts';
import { SignInWithProvider } from './sign-in-with-provider.tsx';
import classes from './sign-in-screen.module.css';

/** In the quickstart one picks a demo person; everywhere else there is one button, to the identity provider. */
export function SignInScreen() {
  const options = useQuery(signInOptionsQuery());
  const me = useQuery({ ...meQuery(), refetchInterval: false });
  const signedOut = (useLocation().state as { signedOut?: boolean } | null)?.signedOut === true;
  const destination = peekDestination(sessionStorage);
  if (me.data !== undefined && me.error === null && !signedOut) {
    return <Navigate to={destination === null ? '/my-access' : placeText(destination)} replace />;
  }
  return (
    <main className={classes.screen}>
      <title>Sign in · Hallpass</title>
      <Paper className={classes.card} p="xl">
        <Stack gap="lg">
          <div className={classes.head}>
            <BrandMark size={44} />
            <Title order={1}>Sign in to Hallpass</Title>
          </div>
          {signedOut && <Alert color="pine">You are signed out.</Alert>}
          {destination?.pathname.startsWith('/access-requests/new') === true && (
            <Text>Sign in to ask for access. Your request stays filled in.</Text>
          )}
          {options.isPending && <LoadingState what="the ways to sign in" rows={3} />}
          {options.isError && <ProblemState error={options.error} onRetry={() => void options.refetch()} />}
          {options.data?.mode === 'quickstart' && <DemoPeople people={options.data.people} />}
          {options.data?.mode === 'oidc' && (
            <SignInWithProvider signInUrl={options.data.sign_in_url} destination={destination} />
          )}
        </Stack>
      </Paper>
    </main>
  );
}
