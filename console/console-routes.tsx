import { lazy } from 'react';
import { Navigate, Route, Routes } from 'react-router';
import { NotFoundScreen } from './shell/not-found-screen.tsx';
import { GoBackScreen } from './sign-in/go-back-screen.tsx';
import { RequireSession } from './sign-in/require-session.tsx';
import { SignInScreen } from './sign-in/sign-in-screen.tsx';

const MyAccessScreen = lazy(async () => ({
  default: (await import('./my-access/my-access-screen.tsx')).MyAccessScreen,
}));
const AccessRequestsScreen = lazy(async () => ({
  default: (await import('./access-requests/access-requests-screen.tsx')).AccessRequestsScreen,
}));
const NewRequestScreen = lazy(async () => ({
  default: (await import('./access-requests/new-request-screen.tsx')).NewRequestScreen,
}));
const RequestScreen = lazy(async () => ({
  default: (await import('./access-requests/request-screen.tsx')).RequestScreen,
}));
const ReviewRequestScreen = lazy(async () => ({
  default: (await import('./review/review-request-screen.tsx')).ReviewRequestScreen,
}));
const ReviewScreen = lazy(async () => ({ default: (await import('./review/review-screen.tsx')).ReviewScreen }));
const NotificationsScreen = lazy(async () => ({
  default: (await import('./notifications/notifications-screen.tsx')).NotificationsScreen,
}));
const PreferencesScreen = lazy(async () => ({
  default: (await import('./notifications/preferences-screen.tsx')).PreferencesScreen,
}));
const ProfileScreen = lazy(async () => ({ default: (await import('./profile/profile-screen.tsx')).ProfileScreen }));
const PeopleScreen = lazy(async () => ({ default: (await import('./people/people-screen.tsx')).PeopleScreen }));
const AddPersonScreen = lazy(async () => ({
  default: (await import('./people/add-person-screen.tsx')).AddPersonScreen,
}));
const PersonScreen = lazy(async () => ({ default: (await import('./people/person-screen.tsx')).PersonScreen }));
const GiveAccessScreen = lazy(async () => ({
  default: (await import('./people/give-access-screen.tsx')).GiveAccessScreen,
}));
const ResourcesScreen = lazy(async () => ({
  default: (await import('./resources/resources-screen.tsx')).ResourcesScreen,
}));
const NewResourceScreen = lazy(async () => ({
  default: (await import('./resources/new-resource-screen.tsx')).NewResourceScreen,
}));
const ResourceScreen = lazy(async () => ({
  default: (await import('./resources/resource-screen.tsx')).ResourceScreen,
}));
const ScopesScreen = lazy(async () => ({ default: (await import('./scopes/scopes-screen.tsx')).ScopesScreen }));
const NewScopeScreen = lazy(async () => ({ default: (await import('./scopes/new-scope-screen.tsx')).NewScopeScreen }));
const ScopeScreen = lazy(async () => ({ default: (await import('./scopes/scope-screen.tsx')).ScopeScreen }));
const NotificationPolicyScreen = lazy(async () => ({
  default: (await import('./notification-settings/notification-policy-screen.tsx')).NotificationPolicyScreen,
}));
const DeliveriesScreen = lazy(async () => ({
  default: (await import('./notification-settings/deliveries-screen.tsx')).DeliveriesScreen,
}));
const WebhooksScreen = lazy(async () => ({
  default: (await import('./notification-settings/webhooks-screen.tsx')).WebhooksScreen,
}));
const NewWebhookScreen = lazy(async () => ({
  default: (await import('./notification-settings/new-webhook-screen.tsx')).NewWebhookScreen,
}));
const WebhookScreen = lazy(async () => ({
  default: (await import('./notification-settings/webhook-screen.tsx')).WebhookScreen,
}));
const AuditLogScreen = lazy(async () => ({
  default: (await import('./audit-log/audit-log-screen.tsx')).AuditLogScreen,
}));

const AuditEntryScreen = lazy(async () => ({
  default: (await import('./audit-log/audit-entry-screen.tsx')).AuditEntryScreen,
}));

/** Every address of the console. Each screen is loaded when it is first opened. */
export function ConsoleRoutes() {
  return (
    <Routes>
      <Route path="/sign-in" element={<SignInScreen />} />
      <Route element={<RequireSession />}>
        <Route index element={<Navigate to="/my-access" replace />} />
        <Route path="/go-back" element={<GoBackScreen />} />
        <Route path="/my-access" element={<MyAccessScreen />} />
        <Route path="/access-requests" element={<AccessRequestsScreen />} />
        <Route path="/settings/access-requests" element={<Navigate to="/access-requests" replace />} />
        <Route path="/access-requests/new" element={<NewRequestScreen />} />
        <Route path="/access-requests/:id" element={<RequestScreen />} />
        <Route path="/review" element={<ReviewScreen />} />
        <Route path="/review/:id" element={<ReviewRequestScreen />} />
        <Route path="/notifications" element={<NotificationsScreen />} />
        <Route path="/settings/profile" element={<ProfileScreen />} />
        <Route path="/settings/notification-preferences" element={<PreferencesScreen />} />
        <Route path="/settings/people" element={<PeopleScreen />} />
        <Route path="/settings/people/new" element={<AddPersonScreen />} />
        <Route path="/settings/people/:id" element={<PersonScreen />} />
        <Route path="/settings/people/:id/give-access" element={<GiveAccessScreen />} />
        <Route path="/settings/resources" element={<ResourcesScreen />} />
        <Route path="/settings/resources/new" element={<NewResourceScreen />} />
        <Route path="/settings/resources/:type/:id" element={<ResourceScreen />} />
        <Route path="/settings/scopes" element={<ScopesScreen />} />
        <Route path="/settings/scopes/new" element={<NewScopeScreen />} />
        <Route path="/settings/scopes/:id" element={<ScopeScreen />} />
        <Route path="/settings/audit-log" element={<AuditLogScreen />} />
        <Route path="/settings/audit-log/:id" element={<AuditEntryScreen />} />
        <Route path="/settings/notification-policy" element={<NotificationPolicyScreen />} />
        <Route path="/settings/deliveries" element={<DeliveriesScreen />} />
        <Route path="/settings/webhooks" element={<WebhooksScreen />} />
        <Route path="/settings/webhooks/new" element={<NewWebhookScreen />} />
        <Route path="/settings/webhooks/:id" element={<WebhookScreen />} />
        <Route path="*" element={<NotFoundScreen />} />
      </Route>
    </Routes>
  );
}
