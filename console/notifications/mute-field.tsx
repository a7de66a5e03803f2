import { Checkbox, Paper, Stack } from '@mantine/core';
import { MomentInput } from '../elements/moment-input.tsx';
import { localMomentText } from '../time/local-moment.ts';
import { serverClock } from '../time/server-clock.ts';
import type { PreferencesDraft } from './preferences-draft.ts';

const DAY_MS = 86_400_000;

interface MuteFieldProps {
  readonly draft: PreferencesDraft;
  readonly onChange: (part: Partial<PreferencesDraft>) => void;
  readonly error: string | null | undefined;
}

/** Holidays: nothing by email and Slack until then, but what the team always sends. */
export function MuteField({ draft, onChange, error }: MuteFieldProps) {
  return (
    <Paper>
      <Stack gap="md">
        <Checkbox
          label="Mute email and Slack for a while"
          description="The bell in the console goes on, and so does what your team always sends."
          checked={draft.muted}
          onChange={(event) =>
            onChange({
              muted: event.currentTarget.checked,
              muteUntil: draft.muteUntil === '' ? localMomentText(serverClock.nowMs() + DAY_MS) : draft.muteUntil,
            })
          }
        />
        {draft.muted && (
          <MomentInput
            label="Muted until"
            value={draft.muteUntil}
            onChange={(muteUntil) => onChange({ muteUntil })}
            error={error ?? undefined}
          />
        )}
      </Stack>
    </Paper>
  );
}
