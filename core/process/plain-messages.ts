import { z } from 'zod';

/**
 * What validation says to people, in words that fit after the field's name: `duration_seconds: must be at least 1`.
 * Messages written beside a schema go before these.
 */
function plainMessage(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return 'is required';
      return Number.isNaN(issue.input) ? 'must be a number' : `must be ${article(issue.expected)}`;
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'invalid_value':
      if (issue.input === undefined) return 'is required';
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return issue.input === undefined ? 'is required' : 'has none of the shapes that are taken here';
    case 'invalid_format':
      if (issue.format === 'datetime') return 'must be a time with its zone, like 2026-11-24T18:00:00Z';
      return `must be a valid ${issue.format === 'regex' ? 'value' : issue.format}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `has fields that are not known: ${issue.keys.join(', ')}`;
    default:
      return 'is not valid';
  }
}

function article(type: string): string {
  const words: Record<string, string> = {
    int: 'a whole number',
    object: 'an object',
    array: 'a list',
    record: 'an object',
  };
  return words[type] ?? `a ${type}`;
}

function bound(origin: string, relation: string, limit: number | bigint): string {
  const isOne = Number(limit) === 1;
  if (origin === 'string') return `have ${relation} ${limit} character${isOne ? '' : 's'}`;
  if (origin === 'array' || origin === 'set') return `hold ${relation} ${limit} ${isOne ? 'entry' : 'entries'}`;
  return `be ${relation} ${limit}`;
}

/** For all schemas of this process; safe to call again. */
export function usePlainMessages(): void {
  z.config({ localeError: plainMessage });
}
