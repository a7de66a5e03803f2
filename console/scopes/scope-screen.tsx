import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import { scopeQuery, type Scope } from '../api/scope.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { DeleteScope } from './delete-scope.tsx';
import { ScopeCoverageSection } from './scope-coverage-section.tsx';
import { draftOfScope, rulesOf } from './scope-draft.ts';
import { ScopeForm } from './scope-form.tsx';
import { useScopeForm } from './use-scope-form.ts';

const ALL_SCOPES = <TextLink to="/settings/scopes">All Scopes</TextLink>;

export function ScopeScreen() {
  const { id = '' } = useParams();
  return (
    <AdminsOnly title="Scope" what="the Scopes">
      <OneScope id={id} />
    </AdminsOnly>
  );
}

function OneScope({ id }: { readonly id: string }) {
  // Read anew: what is saved replaces all of it, so an old copy would undo what others changed.
  const scope = useQuery({ ...scopeQuery(id), staleTime: 0 });
  if (scope.data !== undefined && scope.isFetchedAfterMount) return <ScopePage scope={scope.data} />;
  return (
    <Page narrow title="Scope" intro={ALL_SCOPES}>
      {scope.isError ? (
        <ProblemState error={scope.error} onRetry={() => void scope.refetch()} />
      ) : (
        <LoadingState what="this Scope" rows={4} />
      )}
    </Page>
  );
}

function ScopePage({ scope }: { readonly scope: Scope }) {
  const state = useScopeForm({ initial: draftOfScope(scope), isNew: false });
  return (
    <Page narrow title={scope.name} intro={ALL_SCOPES}>
      <Stack gap="xl">
        <EntitlementLabel entitlement={{ kind: 'scope', resource: null, scope, role: null }} />
        <ScopeForm state={state} isNew={false} />
        <ScopeCoverageSection rules={rulesOf(state.form.values)} />
        <Section title="Delete">
          <DeleteScope scope={scope} />
        </Section>
      </Stack>
    </Page>
  );
}
