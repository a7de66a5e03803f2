import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from 'react-router';
import type { ResourceRef } from '../../core/access/resource.ts';
import { RESOURCE_TYPE_NAMES } from '../api/entitlement.ts';
import { resourceQuery, type Resource } from '../api/resource.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { TextLink } from '../elements/text-link.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { NotFoundScreen } from '../shell/not-found-screen.tsx';
import { DeleteResource } from './delete-resource.tsx';
import { draftOfResource } from './resource-draft.ts';
import { ResourceForm } from './resource-form.tsx';
import { useResourceForm } from './use-resource-form.ts';

const ALL_RESOURCES = <TextLink to="/settings/resources">All resources</TextLink>;

export function ResourceScreen() {
  const { type, id = '' } = useParams();
  const known = RESOURCE_TYPE_NAMES.find((name) => name === type);
  if (known === undefined) return <NotFoundScreen />;
  return (
    <AdminsOnly title="Resource" what="the list of resources">
      <OneResource resource={{ type: known, id }} />
    </AdminsOnly>
  );
}

function OneResource({ resource: ref }: { readonly resource: ResourceRef }) {
  // Read anew: what is saved replaces all of it, so an old copy would undo what others changed.
  const resource = useQuery({ ...resourceQuery(ref), staleTime: 0 });
  if (resource.data !== undefined && resource.isFetchedAfterMount) return <ResourcePage resource={resource.data} />;
  return (
    <Page narrow title="Resource" intro={ALL_RESOURCES}>
      {resource.isError ? (
        <ProblemState error={resource.error} onRetry={() => void resource.refetch()} />
      ) : (
        <LoadingState what="this resource" rows={4} />
      )}
    </Page>
  );
}

function ResourcePage({ resource }: { readonly resource: Resource }) {
  const state = useResourceForm({ initial: draftOfResource(resource), isNew: false });
  return (
    <Page narrow title={resource.name} intro={ALL_RESOURCES}>
      <Stack gap="xl">
        <EntitlementLabel entitlement={{ kind: 'resource', resource, scope: null, role: null }} />
        <ResourceForm state={state} isNew={false} />
        <Section title="Delete">
          <DeleteResource resource={resource} />
        </Section>
      </Stack>
    </Page>
  );
}
