import { useQueryClient } from '@tanstack/react-query';
import { deleteScope, type Scope } from '../api/scope.ts';
import { DeletePanel } from '../elements/delete-panel.tsx';

export function DeleteScope({ scope }: { readonly scope: Scope }) {
  const client = useQueryClient();
  return (
    <DeletePanel
      name={scope.name}
      intro="Access through it ends at once. What was granted stays in the record and opens nothing."
      warning={
        <>
          Whoever has access through this Scope loses it at once, and open connections are cut. Were a Scope of the same
          id created later, grants that have not ended would count for it.
        </>
      }
      listPath="/settings/scopes"
      send={(key) => deleteScope(scope.id, key)}
      onDeleted={() => client.invalidateQueries({ queryKey: ['scopes'] })}
    />
  );
}
