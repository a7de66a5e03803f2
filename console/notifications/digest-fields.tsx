import { Group, Input, NativeSelect, Paper, Radio, Stack } from '@mantine/core';
import type { Digest, DigestMode } from '../api/notification-preferences.ts';
import { personZone } from '../time/local-moment.ts';

const HOURS = Array.from({ length: 24 }, (_, hour) => ({
  value: String(hour),
  label: `${String(hour).padStart(2, '0')}:00`,
}));

interface DigestFieldsProps {
  readonly value: Digest;
  readonly onChange: (value: Digest) => void;
  readonly error: string | undefined;
}

/** At once, or together once an hour or once a day at an hour of the person's zone. */
export function DigestFields({ value, onChange, error }: DigestFieldsProps) {
  return (
    <Paper>
      <Stack gap="md">
        <Radio.Group
          label="Emails and Slack messages come"
          description="Warnings before access ends always come at once: together with others they could come too late."
          value={value.mode}
          onChange={(mode) => onChange({ ...value, mode: mode as DigestMode })}
        >
          <Stack gap={10} mt={10}>
            <Radio value="at-once" label="At once, one for each event" />
            <Radio value="hourly" label="Together, once an hour" />
            <Radio value="daily" label="Together, once a day" />
          </Stack>
        </Radio.Group>
        {value.mode === 'daily' && (
          <Group gap="sm" align="flex-end">
            <NativeSelect
              label="At"
              data={HOURS}
              value={String(value.at_hour)}
              onChange={(event) => onChange({ ...value, at_hour: Number(event.currentTarget.value) })}
            />
            <NativeSelect
              label="Time zone"
              data={[...zonesFor(value.time_zone)]}
              value={value.time_zone}
              onChange={(event) => onChange({ ...value, time_zone: event.currentTarget.value })}
            />
          </Group>
        )}
        {error !== undefined && <Input.Error role="alert">{error}</Input.Error>}
      </Stack>
    </Paper>
  );
}

/** The zone that is set and the one of this browser, then all that the browser knows. */
function zonesFor(current: string): ReadonlySet<string> {
  return new Set([current, personZone(), 'UTC', ...Intl.supportedValuesOf('timeZone')]);
}
