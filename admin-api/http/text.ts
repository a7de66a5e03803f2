import { z } from 'zod';

/** Marks that make text read in another order than it is written (Unicode TR9); a reviewer must see what was typed. */
const REORDERING = /[\u202a-\u202e\u2066-\u2069]/;
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** Text people type. Refuses what PostgreSQL can't store: NUL and halves of surrogate pairs. */
export function text(maxChars: number) {
  return z
    .string()
    .trim()
    .max(maxChars, `may have ${maxChars} characters at the most`)
    .refine(
      (value) => value.isWellFormed() && !value.includes('\0') && !REORDERING.test(value),
      'holds characters that are no text',
    );
}

export function requiredText(maxChars: number) {
  return text(maxChars)
    .min(1, 'must not be empty')
    .refine((value) => VISIBLE.test(value), 'must not be empty');
}
