import { describe, expect, it } from '@jest/globals';
import { reasonFits, reasonProblem } from '../../../console/access-requests/reason-check.ts';

const TICKET = { pattern: '[A-Z]+-[0-9]+', example: 'INC-1234' };

describe('the reason of a request', () => {
  it('has to be there', () => {
    expect(reasonProblem(' \n', null)).toBe('Say what you need it for.');
    expect(reasonProblem('because', null)).toBeNull();
  });

  it('has to hold what the policy wants, which is said with an example', () => {
    expect(reasonProblem('because', TICKET)).toContain('INC-1234');
    expect(reasonProblem('  Fixing INC-7.', TICKET)).toBeNull();
    expect(reasonFits('inc-7', `(?i)^${TICKET.pattern}$`)).toBe(true);
  });

  it('is left to the server where a browser can not read the pattern', () => {
    expect(reasonFits('anything', String.raw`(?s).\z[[:alpha:]`)).toBeNull();
    expect(reasonProblem('anything', { pattern: '(?P<x>(', example: 'x' })).toBeNull();
  });
});
