import type { RequestPreview } from '../api/request-preview.ts';

type ReasonPattern = RequestPreview['reason_pattern'];

/**
 * What is wrong with a reason, or null. The pattern is one of Go's RE2, as Rego has them; one that browsers can't read is
 * left to the server.
 */
export function reasonProblem(reason: string, pattern: ReasonPattern): string | null {
  if (reason.trim() === '') return 'Say what you need it for.';
  if (pattern === null || reasonFits(reason, pattern.pattern) !== false) return null;
  return `This has to be in it: ${pattern.example}, for example.`;
}

/** null: nobody can say here. */
export function reasonFits(reason: string, pattern: string): boolean | null {
  const insensitive = pattern.startsWith('(?i)');
  try {
    return new RegExp(insensitive ? pattern.slice(4) : pattern, insensitive ? 'iu' : 'u').test(reason.trim());
  } catch {
    return null;
  }
}
