import { Stack } from '@mantine/core';
import { useParams } from 'react-router';
import { ROLE_NAMES } from '../api/entitlement.ts';
import type { KnownPerson } from '../api/people.ts';
import { ButtonLink } from '../elements/button-link.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { useMe } from '../shell/me-context.ts';
import { AccountSwitch } from './account-switch.tsx';
import { ChangeRole } from './change-role.tsx';
import { EndSessions } from './end-sessions.tsx';
import { HeldGrants } from './held-grants.tsx';
import { PersonFacts } from './person-facts.tsx';
import { PersonRequests } from './person-requests.tsx';
import { changeRefusal } from './role-rules.ts';
import { usePerson } from './use-person.ts';

const ALL_PEOPLE = <TextLink to="/settings/people">All people</TextLink>;

export function PersonScreen() {
  const { id = '' } = useParams();
  return (
    <AdminsOnly title="Person" what="the list of people">
      <KnownPersonScreen id={id} />
    </AdminsOnly>
  );
}

function KnownPersonScreen({ id }: { readonly id: string }) {
  const person = usePerson(id);
  if (person.data !== undefined) return <PersonPage person={person.data} />;
  return (
    <Page title="Person" intro={ALL_PEOPLE}>
      {person.isPending && <LoadingState what="this person" rows={4} />}
      {person.isError && <ProblemState error={person.error} onRetry={() => void person.refetch()} />}
    </Page>
  );
}

/** One person: what they are, what they hold, and what an Admin may do about it. */
function PersonPage({ person }: { readonly person: KnownPerson }) {
  const me = useMe();
  const refusal = changeRefusal(me, person);
  return (
    <Page
      title={person.name || person.email}
      intro={ALL_PEOPLE}
      actions={
        <>
          <ButtonLink variant="default" to={`/settings/audit-log?subject=${person.id}`}>
            In the Audit Log
          </ButtonLink>
          {person.id !== me.id && <ButtonLink to={`/settings/people/${person.id}/give-access`}>Give access</ButtonLink>}
        </>
      }
    >
      <Stack gap="xl">
        <PersonFacts person={person} />
        <Section title="Active access">
          <HeldGrants person={person} />
        </Section>
        <Section
          title="Requests"
          aside={<TextLink to={`/review?tab=decided&requester=${person.id}`}>All that were decided</TextLink>}
        >
          <PersonRequests person={person} />
        </Section>
        <Section title="Role">
          <ChangeRole key={person.role} person={person} refusal={refusal} />
        </Section>
        {person.id !== me.id && ROLE_NAMES.indexOf(me.role) >= ROLE_NAMES.indexOf(person.role) && (
          <Section title="Sessions">
            <EndSessions person={person} />
          </Section>
        )}
        <Section title="Account">
          <AccountSwitch person={person} refusal={refusal} />
        </Section>
      </Stack>
    </Page>
  );
}
