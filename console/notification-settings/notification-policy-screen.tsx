import { useQuery } from '@tanstack/react-query';
import { notificationPolicyQuery, slackRoutesQuery } from '../api/notification-policy.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { PolicyForm } from './policy-form.tsx';

/** What the team is told, and where: the frame in which everybody chooses for themselves. */
export function NotificationPolicyScreen() {
  return (
    <AdminsOnly title="Notification policy" what="the notification policy">
      <Page
        title="Notification policy"
        intro="What is mandatory can’t be turned off by anybody; the rest is where people start from. In-app notifications are always on."
      >
        <Policy />
      </Page>
    </AdminsOnly>
  );
}

function Policy() {
  const policy = useQuery({ ...notificationPolicyQuery(), staleTime: 0 });
  const routes = useQuery({ ...slackRoutesQuery(), staleTime: 0 });
  const error = policy.error ?? routes.error;
  if (policy.data !== undefined && routes.data !== undefined) {
    return <PolicyForm policy={policy.data} routes={routes.data} />;
  }
  if (error === null) return <LoadingState what="the notification policy" rows={6} />;
  return (
    <ProblemState
      error={error}
      onRetry={() => {
        void policy.refetch();
        void routes.refetch();
      }}
    />
  );
}
