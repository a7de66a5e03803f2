import { Button, Text } from '@mantine/core';
import { IconCircleDashed } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ScopeRule } from '../../core/access/scope.ts';
import { allResourcesQuery } from '../api/resource.ts';
import { useAllPages } from '../api/use-all-pages.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { Section } from '../elements/section.tsx';
import { ruleWords } from './rule-words.ts';
import { coveredBy, type CoveredResource } from './scope-coverage.ts';

/** So many are shown at once. */
const STEP = 50;

const COLUMNS: readonly Column<CoveredResource>[] = [
  {
    title: 'Resource',
    cell: ({ resource }) => <EntitlementLabel entitlement={{ kind: 'resource', resource, scope: null, role: null }} />,
  },
  { title: 'Through', cell: ({ rules }) => rules.map(ruleWords).join(', ') },
];

/** Which of the known resources the rules cover, as they stand in the form. */
export function ScopeCoverageSection({ rules }: { readonly rules: readonly ScopeRule[] }) {
  const resources = useInfiniteQuery(allResourcesQuery());
  const [shown, setShown] = useState(STEP);
  useAllPages(true, resources);
  const covered = coveredBy(
    rules,
    (resources.data?.pages ?? []).flatMap((page) => page.items),
  );
  const complete = resources.isSuccess && !resources.hasNextPage;
  return (
    <Section title="What these rules cover">
      {resources.isError && <ProblemState error={resources.error} onRetry={() => void resources.refetch()} />}
      {!complete && !resources.isError && <LoadingState what="what the rules cover" rows={2} />}
      {complete && covered.length === 0 && (
        <BlankState icon={IconCircleDashed} title="Nothing that is known">
          No Connection and no Target stands where a rule says. Features are guarded by Role, so no Scope covers one.
        </BlankState>
      )}
      {complete && covered.length > 0 && (
        <>
          <Text c="dimmed" aria-live="polite">
            {covered.length === 1 ? '1 resource' : `${covered.length} resources`}
          </Text>
          <DataTable
            caption="Resources that the rules cover"
            columns={COLUMNS}
            rows={covered.slice(0, shown)}
            rowKey={({ resource }) => `${resource.type}:${resource.id}`}
          />
        </>
      )}
      {complete && covered.length > shown && (
        <Button variant="default" mx="auto" onClick={() => setShown(shown + STEP)}>
          Show more
        </Button>
      )}
    </Section>
  );
}
