import { Alert } from '@mantine/core';
import { useParams, useSearchParams } from 'react-router';
import { entitlementQuery, readAskedFor } from '../access-requests/asked-entitlement.ts';
import { EntitlementPicker } from '../access-requests/entitlement-picker.tsx';
import { RoleChoices } from '../access-requests/role-choices.tsx';
import { useNamedEntitlement } from '../access-requests/use-named-entitlement.ts';
import type { AskedEntitlement } from '../api/entitlement.ts';
import type { KnownPerson } from '../api/people.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { useMe } from '../shell/me-context.ts';
import { GiveAccessForm } from './give-access-form.tsx';
import { rolesToGive } from './role-rules.ts';
import { usePerson } from './use-person.ts';

const TITLE = 'Give access';

export function GiveAccessScreen() {
  const { id = '' } = useParams();
  return (
    <AdminsOnly title={TITLE} what="giving access">
      <GiveAccess id={id} />
    </AdminsOnly>
  );
}

/** Without a request: first what, then for how long. */
function GiveAccess({ id }: { readonly id: string }) {
  const [query] = useSearchParams();
  const person = usePerson(id);
  const askedFor = readAskedFor(query);
  if (person.data === undefined) {
    return (
      <Page title={TITLE}>
        {person.isPending && <LoadingState what="this person" />}
        {person.isError && <ProblemState error={person.error} onRetry={() => void person.refetch()} />}
      </Page>
    );
  }
  if (askedFor.kind === 'asked') return <GiveThis person={person.data} entitlement={askedFor.entitlement} />;
  return <ChooseWhat person={person.data} unreadable={askedFor.kind === 'unreadable'} />;
}

interface ChooseWhatProps {
  readonly person: KnownPerson;
  readonly unreadable: boolean;
}

function ChooseWhat({ person, unreadable }: ChooseWhatProps) {
  const me = useMe();
  const pathOf = (asked: AskedEntitlement) => `/settings/people/${person.id}/give-access?${entitlementQuery(asked)}`;
  return (
    <Page
      title={TITLE}
      intro={
        <>
          To <TextLink to={`/settings/people/${person.id}`}>{person.name || person.email}</TextLink>. To what?
        </>
      }
    >
      {unreadable && (
        <Alert color="amber" role="alert" title="This link names nothing that could be given">
          It may have been cut off. Choose from the list instead.
        </Alert>
      )}
      <EntitlementPicker
        pathOf={pathOf}
        roleChoices={<RoleChoices roles={rolesToGive(me.role)} noneWords="You can give none." pathOf={pathOf} />}
      />
    </Page>
  );
}

interface GiveThisProps {
  readonly person: KnownPerson;
  readonly entitlement: AskedEntitlement;
}

function GiveThis({ person, entitlement }: GiveThisProps) {
  const { named, description, error, retry } = useNamedEntitlement(entitlement);
  return (
    <Page
      narrow
      title={TITLE}
      intro={<TextLink to={`/settings/people/${person.id}/give-access`}>Give something else</TextLink>}
    >
      {named !== null && (
        <GiveAccessForm person={person} entitlement={entitlement} named={named} description={description} />
      )}
      {named === null && error !== null && <ProblemState error={error} onRetry={retry} />}
      {named === null && error === null && <LoadingState what="the form" rows={4} />}
    </Page>
  );
}
