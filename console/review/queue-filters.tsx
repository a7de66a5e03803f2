import { Button, Checkbox, NativeSelect } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { EntitlementKind } from '../api/entitlement.ts';
import { SearchField } from '../elements/search-field.tsx';
import { PersonPicker } from '../people/person-picker.tsx';
import { ResourcePicker } from '../resources/resource-picker.tsx';
import classes from './queue-filters.module.css';
import { filterCount, OUTCOMES, QUEUE_SORTS, withoutFilters, type QueueSort, type QueueView } from './queue-view.ts';

const KINDS = [
  { value: '', label: 'All' },
  { value: 'resource', label: 'Resource' },
  { value: 'scope', label: 'Scope' },
  { value: 'role', label: 'Role' },
];

interface QueueFiltersProps {
  readonly view: QueueView;
  readonly onChange: (part: Partial<QueueView>) => void;
}

/** Search and order always; the rest beside them, or folded away on a phone. */
export function QueueFilters({ view, onChange }: QueueFiltersProps) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  const count = filterCount(view);
  const sorts = Object.entries(QUEUE_SORTS).filter(([value]) => view.tab === 'pending' || value !== 'ending');
  return (
    <div className={classes.filters}>
      <div className={classes.bar} data-opened={opened || undefined}>
        <SearchField label="Search reasons, names and ids" value={view.q} onChange={(q) => onChange({ q })} />
        <NativeSelect
          className={classes.order ?? ''}
          label="Order"
          data={sorts.map(([value, { label }]) => ({ value, label }))}
          value={view.sort}
          onChange={(event) => onChange({ sort: event.currentTarget.value as QueueSort })}
        />
        <Button
          className={classes.toggle ?? ''}
          variant="default"
          leftSection={<IconAdjustmentsHorizontal size={18} stroke={1.7} aria-hidden="true" />}
          aria-expanded={opened}
          aria-controls={id}
          onClick={() => setOpened(!opened)}
        >
          Filters{count > 0 && ` (${count})`}
        </Button>
      </div>
      <div id={id} className={classes.folded} data-opened={opened || undefined}>
        {view.tab === 'decided' && (
          <NativeSelect
            label="Status"
            data={[...OUTCOMES]}
            value={view.outcome}
            onChange={(event) => onChange({ outcome: event.currentTarget.value })}
          />
        )}
        <NativeSelect
          label="Kind"
          data={KINDS}
          value={view.kind}
          onChange={(event) => onChange({ kind: event.currentTarget.value as EntitlementKind | '' })}
        />
        <ResourcePicker
          label="Resource"
          placeholder="Any"
          value={view.resource}
          onChange={(resource) => onChange({ resource })}
        />
        <PersonPicker
          label="Requester"
          placeholder="Anybody"
          value={view.requester}
          onChange={(requester) => onChange({ requester })}
        />
        {view.tab === 'pending' && (
          <Checkbox
            className={classes.check ?? ''}
            label="Only what waits for me"
            checked={view.awaitingMe}
            onChange={(event) => onChange({ awaitingMe: event.currentTarget.checked })}
          />
        )}
        {count > 0 && (
          <Button className={classes.check ?? ''} variant="subtle" onClick={() => onChange(withoutFilters(view))}>
            Clear filters
          </Button>
        )}
      </div>
    </div>
  );
}
