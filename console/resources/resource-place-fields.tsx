import { IdInput } from '../elements/id-input.tsx';
import { RowList } from '../elements/row-list.tsx';
import { useKnownPlaces } from './use-known-places.ts';
import type { useResourceForm } from './use-resource-form.ts';

interface ResourcePlaceFieldsProps {
  readonly state: ReturnType<typeof useResourceForm>;
}

/** Where it stands: a Connection in an environment, a Target in Connections. A feature stands nowhere. */
export function ResourcePlaceFields({ state }: ResourcePlaceFieldsProps) {
  const { form, addConnection, removeConnection } = state;
  const known = useKnownPlaces();
  const { type, connections } = form.values;
  if (type === 'connection') {
    return (
      <IdInput
        label="Environment"
        description="Scopes cover whole environments by this id. May be left empty."
        known={known.environments}
        data-field="environment"
        {...form.getInputProps('environment')}
      />
    );
  }
  if (type === 'feature') return null;
  return (
    <RowList
      label="Connections"
      description="The ones this Target is reached through."
      noun="Connection"
      rows={connections}
      onAdd={addConnection}
      onRemove={removeConnection}
      error={form.errors['connections']}
      renderRow={({ fresh }, place) => (
        <IdInput
          aria-label={`Connection ${place + 1}`}
          known={known.connections}
          fresh={fresh === true}
          data-field={`connections.${place}.id`}
          {...form.getInputProps(`connections.${place}.id`)}
        />
      )}
    />
  );
}
