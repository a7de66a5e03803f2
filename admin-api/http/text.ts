import { z } from 'zod';

/** Text people type. Refuses what PostgreSQL can't store: NUL and halves of surrogate pairs. */
export function text(maxChars: number) {
  return z
    .string()
    .trim()
    .max(maxChars, `may have ${maxChars} characters at the most`)
    .refine((value) => value.isWellFormed() && !value.includes('\0'), 'holds characters that are no text');
}

export function requiredText(maxChars: number) {
  return text(maxChars).min(1, 'must not be empty');
}
