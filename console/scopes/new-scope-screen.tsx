import { Stack } from '@mantine/core';
import { useNavigate } from 'react-router';
import { Page } from '../elements/page.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { ScopeCoverageSection } from './scope-coverage-section.tsx';
import { EMPTY_SCOPE, rulesOf } from './scope-draft.ts';
import { ScopeForm } from './scope-form.tsx';
import { useScopeForm } from './use-scope-form.ts';

export function NewScopeScreen() {
  return (
    <AdminsOnly title="New Scope" what="the Scopes">
      <Page narrow title="New Scope" intro={<TextLink to="/settings/scopes">All Scopes</TextLink>}>
        <NewScope />
      </Page>
    </AdminsOnly>
  );
}

function NewScope() {
  const navigate = useNavigate();
  const state = useScopeForm({
    initial: EMPTY_SCOPE,
    isNew: true,
    onSaved: ({ id }) => navigate(`/settings/scopes/${id}`, { replace: true }),
  });
  return (
    <Stack gap="xl">
      <ScopeForm state={state} isNew />
      <ScopeCoverageSection rules={rulesOf(state.form.values)} />
    </Stack>
  );
}
