import { Center, Loader, VisuallyHidden } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useLocation, useNavigate } from 'react-router';
import { isSignedOut } from '../api/api-problem.ts';
import { meQuery } from '../api/me.ts';
import { ProblemState } from '../elements/problem-state.tsx';
import { ConsoleShell } from '../shell/console-shell.tsx';
import { MeContext } from '../shell/me-context.ts';
import { forgetDestination, peekDestination, placeText, rememberDestination } from './destination.ts';

/** Everything but the sign-in screen stands behind this: it finds out who is here, or sends them to sign in. */
export function RequireSession() {
  const { data: me, error, refetch } = useQuery(meQuery());
  useRestoredFragment(me !== undefined);
  if (isSignedOut(error)) return <SendToSignIn />;
  if (me !== undefined) {
    return (
      <MeContext value={me}>
        <ConsoleShell me={me} />
      </MeContext>
    );
  }
  if (error !== null) {
    return (
      <Center component="main" mih="100dvh" p="md">
        <title>Hallpass</title>
        <ProblemState error={error} onRetry={() => void refetch()} />
      </Center>
    );
  }
  return (
    <Center component="main" mih="100dvh">
      <title>Hallpass</title>
      <Loader type="dots" aria-hidden="true" />
      <VisuallyHidden aria-live="polite">Finding out who you are…</VisuallyHidden>
    </Center>
  );
}

function SendToSignIn() {
  const location = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    rememberDestination(location, sessionStorage);
    void navigate('/sign-in', { replace: true });
  }, [location, navigate]);
  return null;
}

/**
 * An identity provider brings people back to path and query, but a fragment never leaves the browser. It was kept
 * here, and is put back when the same page opens again.
 */
function useRestoredFragment(signedIn: boolean) {
  const { pathname, search, hash } = useLocation();
  const navigate = useNavigate();
  useEffect(() => {
    if (!signedIn) return;
    const destination = peekDestination(sessionStorage);
    if (destination === null) return;
    forgetDestination(sessionStorage);
    const samePage = destination.pathname === pathname && destination.search === search;
    if (samePage && hash === '' && destination.hash !== '') void navigate(placeText(destination), { replace: true });
  }, [signedIn, pathname, search, hash, navigate]);
}
