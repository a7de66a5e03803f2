import { useQueryClient } from '@tanstack/react-query';
import { deleteResource, type Resource } from '../api/resource.ts';
import { DeletePanel } from '../elements/delete-panel.tsx';

export function DeleteResource({ resource }: { readonly resource: Resource }) {
  const client = useQueryClient();
  return (
    <DeletePanel
      name={resource.name}
      intro="Access to it ends at once. What was granted stays in the record and opens nothing."
      warning={
        <>
          Access ends at once for everybody, and open connections are cut. Were something of the same type and id
          created later, grants that have not ended would count for it.
        </>
      }
      listPath="/settings/resources"
      send={(key) => deleteResource(resource, key)}
      onDeleted={() => client.invalidateQueries({ queryKey: ['resources'] })}
    />
  );
}
