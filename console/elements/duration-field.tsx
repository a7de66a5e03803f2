import { Chip, Group, Input, NativeSelect, NumberInput } from '@mantine/core';
import { useId } from 'react';
import {
  DURATION_PRESETS,
  fitsUnder,
  UNIT_SECONDS,
  UNTIL_PRESET,
  type DurationChoice,
  type DurationUnit,
} from '../time/duration-choice.ts';
import { formatDuration } from '../time/format-duration.ts';
import classes from './duration-field.module.css';
import { MomentInput } from './moment-input.tsx';

interface DurationFieldProps {
  readonly label: string;
  readonly value: DurationChoice;
  readonly onChange: (value: DurationChoice) => void;
  /** Longest duration the policy allows, seconds; null: no ceiling. */
  readonly ceilingSeconds: number | null;
  /** Why longer ones can't be chosen, where it is not the policy's ceiling alone. */
  readonly ceilingWords?: string;
  /** Whether a fixed end may be chosen as well; `readTime` reads it. */
  readonly withUntil?: boolean;
  readonly error?: string | null;
}

/** For how long: presets, permanent, or an amount of one's own. What the policy does not allow can't be chosen. */
export function DurationField(props: DurationFieldProps) {
  const { label, value, onChange, ceilingSeconds, withUntil = false, error } = props;
  const id = useId();
  const descriptions = [ceilingSeconds !== null && `${id}-hint`, error != null && `${id}-error`]
    .filter(Boolean)
    .join(' ');
  const presets = DURATION_PRESETS.map(({ value: preset, label: words, seconds }) => ({
    preset,
    words,
    tooLong: seconds !== undefined && !fitsUnder(seconds, ceilingSeconds),
  }));
  if (withUntil) presets.push({ preset: UNTIL_PRESET, words: 'Until…', tooLong: false });
  return (
    <fieldset
      className={classes.field}
      data-field="duration"
      tabIndex={-1}
      {...(descriptions === '' ? {} : { 'aria-describedby': descriptions })}
    >
      <legend className={classes.legend}>{label}</legend>
      {ceilingSeconds !== null && (
        <Input.Description id={`${id}-hint`}>
          {props.ceilingWords ?? `The policy allows ${formatDuration(ceilingSeconds)} at the most.`}
          {presets.some(({ tooLong }) => tooLong) && ' What is longer can’t be chosen.'}
        </Input.Description>
      )}
      <Chip.Group value={value.preset} onChange={(preset) => onChange({ ...value, preset })}>
        <Group gap="xs" mt={6}>
          {presets.map(({ preset, words, tooLong }) => (
            <Chip key={preset} value={preset} variant="outline" disabled={tooLong}>
              {words}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {value.preset === 'custom' && <CustomDuration value={value} onChange={onChange} />}
      {withUntil && value.preset === UNTIL_PRESET && (
        <MomentInput
          label="Until"
          mt="sm"
          value={value.until ?? ''}
          onChange={(until) => onChange({ ...value, until })}
        />
      )}
      {error != null && (
        <Input.Error id={`${id}-error`} role="alert" mt={6}>
          {error}
        </Input.Error>
      )}
    </fieldset>
  );
}

function CustomDuration({ value, onChange }: Pick<DurationFieldProps, 'value' | 'onChange'>) {
  return (
    <Group gap="xs" mt="sm" align="flex-end" wrap="nowrap">
      <NumberInput
        label="Amount"
        // Left as typed, also when it can't be meant: a silent correction would ask for something else.
        clampBehavior="none"
        allowDecimal={false}
        allowNegative={false}
        hideControls
        inputMode="numeric"
        w="8rem"
        value={value.amount}
        onChange={(amount) => onChange({ ...value, amount: typeof amount === 'number' ? amount : '' })}
      />
      <NativeSelect
        label="Unit"
        data={Object.keys(UNIT_SECONDS)}
        value={value.unit}
        onChange={(event) => onChange({ ...value, unit: event.currentTarget.value as DurationUnit })}
      />
    </Group>
  );
}
