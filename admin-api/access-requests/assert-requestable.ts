import { AccessError } from '../../core/access/errors.ts';
import { isWithinCeiling, lengthText } from '../../core/access/duration.ts';
import type { Extension } from '../../core/access/extension.ts';
import { entitlementKey } from '../../core/access/grant.ts';
import { lengthOf, type Terms } from '../../core/access/review.ts';
import { firstUnmetStage } from '../../core/access/staffing.ts';
import type { UnitOfWork } from '../db/unit-of-work.ts';
import type { AccessRequestPorts } from './access-request-ports.ts';
import type { PolicyRuling } from './ask-request-policy.ts';
import { notInEmergency } from './break-glass.ts';
import { candidatesOf, unmetText } from './possible-reviewers.ts';

export interface Asked {
  readonly requesterId: string;
  readonly terms: Terms;
  readonly extension: Extension | null;
  readonly breakGlass: boolean;
}

/**
 * Whether it may be filed as it is asked.
 * @throws AccessError `not-requestable`, `duration-too-long`, `no-reviewer`
 */
export async function assertRequestable(
  ports: AccessRequestPorts,
  unit: UnitOfWork,
  asked: Asked,
  { answer, stages }: PolicyRuling,
): Promise<void> {
  const { terms } = asked;
  const key = entitlementKey(terms.entitlement);
  if (!answer.requestable) {
    throw new AccessError(
      'not-requestable',
      answer.reasons.join(' ') || 'The request policy does not let you ask for this.',
      { facts: { reasons: answer.reasons } },
    );
  }
  if (asked.breakGlass) {
    if (answer.break_glass.allowed) return;
    throw notInEmergency(key);
  }
  const ceiling = answer.max_duration_seconds;
  if (ceiling !== null && !isWithinCeiling(lengthOf(terms, unit.nowMs, asked.extension), ceiling)) {
    const from = asked.extension === null ? '' : ', counted from the beginning of the access';
    throw new AccessError('duration-too-long', `The request policy allows ${lengthText(ceiling)} at the most${from}.`, {
      field: terms.until === null ? 'duration_seconds' : 'until',
      facts: { max_duration_seconds: ceiling, ...latestEnd(asked.extension, ceiling) },
    });
  }
  if (answer.auto_approve) return;
  const wish = { stages, entitlement: terms.entitlement, requesterId: asked.requesterId };
  const candidates = await candidatesOf(ports, unit.trx, wish, unit.nowMs);
  const unmet = firstUnmetStage(stages, candidates);
  if (unmet === null) return;
  throw new AccessError('no-reviewer', unmetText(stages, unmet, candidates, key), {
    facts: {
      stage: stages[unmet]?.name,
      approvals_required: stages[unmet]?.approvals_required,
      reviewers: candidates[unmet]?.length,
    },
  });
}

function latestEnd(extension: Extension | null, ceiling: number | null): { readonly latest_end?: string } {
  if (extension === null || ceiling === null) return {};
  return { latest_end: new Date(extension.starts_at + ceiling * 1000).toISOString() };
}
