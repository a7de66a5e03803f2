import { z } from 'zod';

const MAX_RETURN_TO_CHARS = 2_000;

/** Stands for "here" while a path is resolved; a path that leads away from it is no path of ours. */
const HERE = 'http://here.invalid';

/**
 * Where to go after sign-in: a path of this site with query and fragment. Browsers read `//x`, `/\x` and paths with tabs
 * or line feeds as other sites; `URL` reads as they do, and the odd characters are refused anywhere.
 */
export function isReturnTo(text: string): boolean {
  if (text.length > MAX_RETURN_TO_CHARS || !text.startsWith('/')) return false;
  // eslint-disable-next-line no-control-regex
  if (/[\\\u0000-\u0020\u007F]/.test(text)) return false;
  return URL.canParse(text, HERE) && new URL(text, HERE).origin === HERE;
}

export const returnToSchema = z
  .string()
  .refine(isReturnTo, 'must be a path on this site that starts with a single slash, like /access')
  .default('/');
