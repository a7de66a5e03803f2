import { IconCircleDashedCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { scopePagesQuery, type Scope } from '../api/scope.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { ButtonLink } from '../elements/button-link.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { LoadMore } from '../elements/load-more.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { OpenLink } from '../elements/open-link.tsx';
import { Page } from '../elements/page.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { AdminsOnly } from '../shell/admins-only.tsx';
import { ruleWords } from './rule-words.ts';

const COLUMNS: readonly Column<Scope>[] = [
  {
    title: 'Scope',
    cell: (scope) => <EntitlementLabel entitlement={{ kind: 'scope', resource: null, scope, role: null }} />,
  },
  {
    title: 'Description',
    cell: ({ description }) => (description === undefined || description === '' ? '–' : description),
  },
  { title: 'Rules', cell: ({ rules }) => (rules ?? []).map(ruleWords).join(', ') },
  {
    title: 'Open',
    titleHidden: true,
    cell: ({ id, name }) => <OpenLink to={`/settings/scopes/${id}`} name={name} />,
  },
];

export function ScopesScreen() {
  return (
    <AdminsOnly title="Scopes" what="the Scopes">
      <Page
        title="Scopes"
        intro="Named boundaries around environments, Connections and Targets: what people can reach."
        actions={<ButtonLink to="/settings/scopes/new">New Scope</ButtonLink>}
      >
        <Scopes />
      </Page>
    </AdminsOnly>
  );
}

function Scopes() {
  const scopes = useInfiniteQuery(scopePagesQuery());
  const items = (scopes.data?.pages ?? []).flatMap((page) => page.items);
  return (
    <>
      {scopes.isPending && <LoadingState what="Scopes" />}
      {scopes.isError && items.length === 0 && (
        <ProblemState error={scopes.error} onRetry={() => void scopes.refetch()} />
      )}
      {scopes.isSuccess && items.length === 0 && (
        <BlankState icon={IconCircleDashedCheck} title="No Scopes">
          Make the first one with New Scope.
        </BlankState>
      )}
      {items.length > 0 && (
        <DataTable caption="Scopes, by id" columns={COLUMNS} rows={items} rowKey={(scope) => scope.id} />
      )}
      <LoadMore {...scopes} />
    </>
  );
}
