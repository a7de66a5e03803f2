import { describe, expect, it } from '@jest/globals';
import {
  ALLOW_REASONS,
  CUT_REASONS,
  ENGINE_DENY_REASONS,
  POLICY_DENY_REASONS,
  REASON_TEXT,
} from '../../../core/access/reason-code.ts';

const decisions = [...ALLOW_REASONS, ...POLICY_DENY_REASONS, ...ENGINE_DENY_REASONS];

describe('reason codes', () => {
  it('are one closed set: none is an allow and a denial, or of two origins', () => {
    expect(new Set(decisions).size).toBe(decisions.length);
    expect(new Set(CUT_REASONS).size).toBe(CUT_REASONS.length);
  });

  it('each have one sentence for people, and no sentence stands alone', () => {
    expect(Object.keys(REASON_TEXT).toSorted()).toEqual(decisions.toSorted());
    for (const text of Object.values(REASON_TEXT)) expect(text).toMatch(/^[A-Z].*\.$/);
  });

  it('look alike: lower case with dashes', () => {
    for (const reason of [...decisions, ...CUT_REASONS]) expect(reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it('tell nobody whether a hidden resource exists', () => {
    expect(REASON_TEXT['resource-unknown']).toBe(REASON_TEXT['route-unknown']);
  });
});
