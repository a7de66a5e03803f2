import { TextInput, type TextInputProps } from '@mantine/core';
import { formatRemaining } from '../time/format-remaining.ts';
import { localMomentText, readLocalMoment, zoneWords } from '../time/local-moment.ts';
import { useNow } from '../time/use-now.ts';

interface MomentInputProps extends Omit<TextInputProps, 'value' | 'onChange' | 'type'> {
  /** As a `datetime-local` field holds it. */
  readonly value: string;
  readonly onChange: (value: string) => void;
}

/** Date and time in the person's zone, which is named, with how far away that is. */
export function MomentInput({ value, onChange, ...input }: MomentInputProps) {
  const nowMs = useNow(10_000);
  const chosenMs = readLocalMoment(value);
  const zone = `Your zone: ${zoneWords(chosenMs ?? nowMs)}.`;
  const away = chosenMs === null || chosenMs <= nowMs ? '' : ` That is ${formatRemaining(chosenMs - nowMs)} from now.`;
  return (
    <TextInput
      type="datetime-local"
      maw="20rem"
      min={localMomentText(nowMs)}
      description={`${zone}${away}`}
      inputWrapperOrder={['label', 'input', 'description', 'error']}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      {...input}
    />
  );
}
