import type { z } from 'zod';

export interface FieldProblem {
  /** `resource.type`; empty for the body itself. */
  readonly field: string;
  readonly message: string;
}

export type Reading<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problems: readonly FieldProblem[] };

/** A body as JSON. What is nested deeper than `maxDepth` is refused before anything walks through it. */
export function readJson(text: string, maxDepth: number): Reading<unknown> {
  if (depthOf(text) > maxDepth) {
    return { ok: false, problems: [{ field: '', message: `The body is nested deeper than ${maxDepth}.` }] };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problems: [{ field: '', message: 'The body is not JSON.' }] };
  }
  // Half of a surrogate pair can only come as an escape: the bytes were UTF-8.
  if (/\\u[dD]/.test(text) && !isUnicode(value)) {
    return { ok: false, problems: [{ field: '', message: 'The body has text that is not Unicode (RFC 7493, 2.1).' }] };
  }
  return { ok: true, value };
}

function isUnicode(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => name.isWellFormed() && isUnicode(member));
}

/** What of it the schema knows; every other member is passed over (AuthZEN, "JSON Serialization"). */
export function readShape<T>(schema: z.ZodType<T>, json: unknown): Reading<T> {
  const parsed = schema.safeParse(json);
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    problems: parsed.error.issues.map((issue) => ({ field: issue.path.join('.'), message: issue.message })),
  };
}

/** One line for people. */
export function describeProblems([first]: readonly FieldProblem[]): string {
  if (first === undefined) return 'It is no such request.';
  return first.field === '' ? first.message : `${first.field}: ${first.message}`;
}

/** How deep objects and arrays lie in each other, by brackets outside of strings. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let isString = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (isString) {
      if (character === '\\') at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') {
      depth += 1;
      if (depth > deepest) deepest = depth;
    } else if (character === '}' || character === ']') depth -= 1;
  }
  return deepest;
}
