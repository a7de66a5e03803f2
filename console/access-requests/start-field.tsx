import { Radio, Stack } from '@mantine/core';
import { MomentInput } from '../elements/moment-input.tsx';
import { localMomentText } from '../time/local-moment.ts';
import { serverClock } from '../time/server-clock.ts';

/** A set time that was emptied again is no wish to begin at once. */
const UNSET = 'unset';
const HOUR_MS = 3_600_000;

interface StartFieldProps {
  /** As a `datetime-local` field holds it; empty: as soon as it is approved. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly error: string | undefined;
}

/** When it begins. Most people need it now, so that is chosen. */
export function StartField({ value, onChange, error }: StartFieldProps) {
  return (
    <Stack gap="sm">
      <Radio.Group
        label="Begins"
        value={value === '' ? 'now' : 'later'}
        onChange={(choice) => onChange(choice === 'now' ? '' : localMomentText(nextHour(serverClock.nowMs())))}
      >
        <Stack gap={4} mt={6}>
          <Radio value="now" label="As soon as it is approved" />
          <Radio value="later" label="At a set time" />
        </Stack>
      </Radio.Group>
      {value !== '' && (
        <MomentInput
          label="Begins at"
          data-field="startsAt"
          value={value === UNSET ? '' : value}
          onChange={(text) => onChange(text === '' ? UNSET : text)}
          error={error}
        />
      )}
    </Stack>
  );
}

function nextHour(nowMs: number): number {
  return (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
}
