import { IconCircleDashedCheck } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { scopesQuery } from '../api/scope.ts';
import { BlankState } from '../elements/blank-state.tsx';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { ChoiceList, type PathOfChoice } from './choice-list.tsx';

export function ScopeChoices({ pathOf }: { readonly pathOf: PathOfChoice }) {
  const scopes = useQuery(scopesQuery());
  if (scopes.isPending) return <LoadingState what="Scopes" />;
  if (scopes.isError) return <ProblemState error={scopes.error} onRetry={() => void scopes.refetch()} />;
  if (scopes.data.items.length === 0) {
    return (
      <BlankState icon={IconCircleDashedCheck} title="No Scopes">
        Nobody has made one yet. Ask for a resource instead.
      </BlankState>
    );
  }
  return (
    <ChoiceList
      pathOf={pathOf}
      choices={scopes.data.items.map((scope) => ({
        asked: { scope_id: scope.id },
        named: { kind: 'scope', resource: null, scope, role: null },
        description: scope.description ?? '',
      }))}
    />
  );
}
