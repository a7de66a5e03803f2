import { TextInput, type TextInputProps } from '@mantine/core';
import { useId } from 'react';

interface IdInputProps extends TextInputProps {
  /** Offered while typing; others may be typed as well. */
  readonly known: readonly string[];
  /** It was just added: the focus belongs here. */
  readonly fresh?: boolean;
}

/** An id as it is written in policies and addresses. */
export function IdInput({ known, fresh = false, ...input }: IdInputProps) {
  const list = useId();
  return (
    <>
      <TextInput
        list={list}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        maxLength={100}
        {...(fresh && { ref: focusOnMount })}
        {...input}
      />
      <datalist id={list}>
        {known.map((id) => (
          <option key={id} value={id}>
            {id}
          </option>
        ))}
      </datalist>
    </>
  );
}

function focusOnMount(element: HTMLInputElement | null) {
  element?.focus();
}
