import { Combobox, Text, TextInput, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AskedEntitlement } from '../api/entitlement.ts';
import { MOST_REQUESTABLES, requestablesQuery, type Requestable } from '../api/requestable.ts';
import { EntitlementLabel } from '../elements/entitlement-label.tsx';
import { entitlementKeyText } from '../elements/entitlement-words.ts';
import { LoadingState } from '../elements/loading-state.tsx';
import { ProblemState } from '../elements/problem-state.tsx';
import { askedOf, hasThing } from './asked-things.ts';
import classes from './thing-picker.module.css';

interface ThingPickerProps {
  readonly chosen: readonly AskedEntitlement[];
  readonly onChoose: (thing: AskedEntitlement) => void;
  /** It was opened by a button: the focus belongs here, and Escape closes it. */
  readonly onClose?: () => void;
}

/** One search over everything that this person may know of and may ask for. */
export function ThingPicker({ chosen, onChoose, onClose }: ThingPickerProps) {
  const [search, setSearch] = useState('');
  const [settled] = useDebouncedValue(search.trim(), 200);
  const combobox = useCombobox({ opened: true });
  const found = useQuery({ ...requestablesQuery(settled), placeholderData: keepPreviousData });
  const all = found.data ?? [];
  const choices = all.flatMap((item) => choiceOf(item, chosen));
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(key) => {
        const choice = choices.find((candidate) => candidate.key === key);
        if (choice !== undefined) onChoose(choice.thing);
      }}
    >
      <Combobox.EventsTarget withExpandedAttribute>
        <TextInput
          label={
            chosen.length === 0 ? 'Search Connections, Targets, features, Scopes and Roles' : 'Search more resources'
          }
          placeholder="aws, billing, admin…"
          maxLength={100}
          data-field="things"
          leftSection={<IconSearch size={18} stroke={1.6} aria-hidden="true" />}
          value={search}
          {...(onClose !== undefined && { ref: focusOnMount })}
          onKeyDown={(event) => {
            // Within a form it would send the form, where nothing is found that it could take.
            if (event.key === 'Enter') event.preventDefault();
            if (event.key === 'Escape') onClose?.();
          }}
          onChange={(event) => {
            setSearch(event.currentTarget.value);
            combobox.selectFirstOption();
          }}
        />
      </Combobox.EventsTarget>
      {found.isPending && <LoadingState what="what can be asked for" rows={3} />}
      {found.isError && <ProblemState error={found.error} onRetry={() => void found.refetch()} />}
      <div aria-live="polite">
        {found.isSuccess && choices.length === 0 && (
          <Text c="dimmed">
            {settled === ''
              ? 'There is nothing more that you may know of and could ask for.'
              : `Nothing that you may know of matches “${settled}”. Check the spelling, or ask whoever runs it for its name.`}
          </Text>
        )}
      </div>
      <div className={classes.picker}>
        <Combobox.Options className={classes.list} aria-label="What can be asked for">
          {choices.map(({ key, item }) => (
            <Combobox.Option key={key} value={key} className={classes.option} disabled={!item.requestable}>
              <EntitlementLabel entitlement={item} />
              <span className={classes.description}>
                {item.requestable ? item.description : 'The policy does not let you ask for this.'}
              </span>
              <IconPlus size={18} stroke={1.7} aria-hidden="true" className={classes.plus} />
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </div>
      {all.length >= MOST_REQUESTABLES && (
        <Text size="sm" c="dimmed" mt={6}>
          These are the first {MOST_REQUESTABLES}. Type more of the name to find others.
        </Text>
      )}
    </Combobox>
  );
}

/** Beside resources only more resources can be chosen. */
function choiceOf(item: Requestable, chosen: readonly AskedEntitlement[]) {
  const thing = askedOf(item);
  const fits = thing !== null && !hasThing(chosen, thing) && (chosen.length === 0 || 'resource' in thing);
  return fits ? [{ key: entitlementKeyText(item), item, thing }] : [];
}

function focusOnMount(element: HTMLInputElement | null) {
  element?.focus();
}
