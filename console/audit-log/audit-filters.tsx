import { Button, MultiSelect, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { AuditFilter } from '../api/audit-event.ts';
import { SearchField } from '../elements/search-field.tsx';
import { PersonPicker } from '../people/person-picker.tsx';
import { ResourcePicker } from '../resources/resource-picker.tsx';
import { zoneWords } from '../time/local-moment.ts';
import { AUDIT_TYPE_CHOICES } from './audit-event-types.ts';
import classes from './audit-filters.module.css';
import { filterCount, momentOf, timeOf } from './audit-view.ts';

interface AuditFiltersProps {
  readonly filter: AuditFilter;
  readonly onChange: (part: Partial<AuditFilter>) => void;
  readonly onClear: () => void;
}

/** Words always; the rest below them, folded away on a phone. */
export function AuditFilters({ filter, onChange, onClear }: AuditFiltersProps) {
  const [opened, setOpened] = useState(false);
  const id = useId();
  const count = filterCount(filter);
  const ids = (['request_id', 'grant_id', 'evaluation_id'] as const).filter((name) => filter[name] !== '');
  return (
    <search className={classes.filters}>
      <div className={classes.bar}>
        <WordsField value={filter.q} onChange={(q) => onChange({ q })} />
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
        <MultiSelect
          className={classes.wide ?? ''}
          label="What happened"
          placeholder={filter.type === '' ? 'Anything' : ''}
          data={AUDIT_TYPE_CHOICES}
          value={filter.type === '' ? [] : filter.type.split(',')}
          onChange={(types) => onChange({ type: types.join(',') })}
          searchable
          clearable
          clearButtonProps={{ 'aria-label': 'Clear What happened' }}
          withScrollArea={false}
          styles={{ options: { maxHeight: '18rem', overflowY: 'auto' } }}
          comboboxProps={{ withinPortal: false }}
        />
        <PersonPicker
          label="Done by"
          placeholder="Anybody"
          value={filter.actor}
          onChange={(actor) => onChange({ actor })}
        />
        <PersonPicker
          label="About"
          placeholder="Anybody"
          value={filter.subject}
          onChange={(subject) => onChange({ subject })}
        />
        <ResourcePicker
          label="Resource"
          placeholder="Any"
          value={filter.resource}
          onChange={(resource) => onChange({ resource })}
        />
        <MomentField label="From" value={filter.from} onChange={(from) => onChange({ from })} />
        <MomentField label="Before" value={filter.to} onChange={(to) => onChange({ to })} />
        {(count > 0 || filter.q !== '') && (
          <Button className={classes.clear ?? ''} variant="subtle" onClick={onClear}>
            Clear filters
          </Button>
        )}
      </div>
      {ids.length > 0 && (
        <p className={classes.ids}>{ids.map((name) => `${name.replace('_', ' ')} ${filter[name]}`).join(', ')}</p>
      )}
    </search>
  );
}

/** Asked for once the person stops typing; while the field has the focus it shows what was typed. */
function WordsField({ value, onChange }: { readonly value: string; readonly onChange: (value: string) => void }) {
  const [typed, setTyped] = useState<string | null>(null);
  const settle = useDebouncedCallback(onChange, 300);
  return (
    <SearchField
      label="Search reasons, notes and names"
      description="Whole words; dep* also finds deploy. Or one id."
      value={typed ?? value}
      onChange={(text) => {
        setTyped(text);
        settle(text.trim());
      }}
      onBlur={() => {
        if (typed !== null && typed.trim() !== value) onChange(typed.trim());
        setTyped(null);
      }}
    />
  );
}

interface MomentFieldProps {
  readonly label: string;
  /** RFC 3339, or empty. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Date and time in the person's zone. */
function MomentField({ label, value, onChange }: MomentFieldProps) {
  const ms = Date.parse(value);
  return (
    <TextInput
      type="datetime-local"
      label={label}
      title={Number.isNaN(ms) ? '' : zoneWords(ms)}
      value={momentOf(value)}
      onChange={(event) => onChange(timeOf(event.currentTarget.value))}
    />
  );
}
