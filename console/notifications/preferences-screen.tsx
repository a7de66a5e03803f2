import { useQuery } from '@tanstack/react-query';
import { notificationPreferencesQuery } from '../api/notification-preferences.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { PreferencesForm } from './preferences-form.tsx';

/** What one is told by email and Slack, and when. Everybody sets their own. */
export function PreferencesScreen() {
  const preferences = useQuery({ ...notificationPreferencesQuery(), staleTime: 30_000 });
  return (
    <Page title="Notification preferences" intro="How you are told of requests, decisions and ends of access.">
      {preferences.isPending && <LoadingState what="your preferences" rows={5} />}
      {preferences.isError && preferences.data === undefined && (
        <ProblemState error={preferences.error} onRetry={() => void preferences.refetch()} />
      )}
      {preferences.data !== undefined && <PreferencesForm preferences={preferences.data} />}
    </Page>
  );
}
