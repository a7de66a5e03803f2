import type { PreviewedStage, RequestPreview } from '../api/request-preview.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { formatDuration } from '../time/format-duration.ts';

/** One step of the review to come. */
export interface StageSummary {
  readonly name: string;
  readonly needs: string;
  readonly who: string;
}

export interface PreviewSummary {
  readonly look: 'open' | 'automatic' | 'unfinished' | 'closed';
  /** False: the server would refuse it, so there is no use in sending it. */
  readonly sendable: boolean;
  readonly title: string;
  /** In their order; empty where nobody has to approve. */
  readonly stages: readonly StageSummary[];
  readonly sentences: readonly string[];
}

/** The preview in words. While no reason is written yet, a policy that wants one has not refused anything. */
export function previewSummary(preview: RequestPreview, hasReason: boolean): PreviewSummary {
  const short = preview.auto_approve ? undefined : preview.stages.find(lacksReviewers);
  if (short !== undefined) return nobody(preview, short);
  if (!preview.requestable) {
    return {
      look: hasReason ? 'closed' : 'unfinished',
      sendable: !hasReason,
      title: hasReason ? 'This can’t be sent' : 'This can’t be sent as it is',
      stages: [],
      sentences: preview.reasons,
    };
  }
  const longest =
    preview.max_duration_seconds === null
      ? 'It may be given permanently.'
      : `It may last ${formatDuration(preview.max_duration_seconds)} at the most.`;
  if (preview.auto_approve) {
    return {
      look: 'automatic',
      sendable: true,
      title: 'Approved at once',
      stages: [],
      sentences: ['Nobody has to review this.', longest],
    };
  }
  return {
    look: 'open',
    sendable: true,
    title: neededWords(preview.stages),
    stages: preview.stages.map(stageSummary),
    sentences: [longest],
  };
}

function neededWords(stages: readonly PreviewedStage[]): string {
  const [only] = stages;
  if (stages.length > 1) return `Needs approval in ${stages.length} stages`;
  return `Needs ${approvals(only?.approvals_required ?? 1)}`;
}

/** Too few people have the right to review; more time or another reason would not change that. */
function nobody(preview: RequestPreview, short: PreviewedStage): PreviewSummary {
  const stage = preview.stages.length === 1 ? 'It' : `The stage “${short.name}”`;
  return {
    look: 'closed',
    sendable: false,
    title: 'Nobody could approve this',
    stages: preview.stages.map(stageSummary),
    sentences: [
      `${stage} takes ${approvals(short.approvals_required)}, and ${people(short.reviewer_count)} could give one.`,
      'Ask the Owner of this Hallpass to name more reviewers, or ask for something else.',
    ],
  };
}

function lacksReviewers(stage: PreviewedStage): boolean {
  return stage.reviewer_count < stage.approvals_required;
}

function stageSummary(stage: PreviewedStage): StageSummary {
  const count = stage.reviewer_count === 1 ? 'One person' : people(stage.reviewer_count, 'Nobody');
  return {
    name: stage.name,
    needs: stage.approvals_required === 1 ? 'one approval' : approvals(stage.approvals_required),
    who: `${count} could approve: ${reviewerWords(stage.reviewers)}.`,
  };
}

interface Reviewers {
  readonly roles: readonly string[];
  readonly people: readonly unknown[];
  readonly scope_owners: boolean;
}

/** `Admin or Owner`, `owners of the Scope`, `2 named people`. */
export function reviewerWords({ roles, people: named, scope_owners }: Reviewers): string {
  const words = [
    ...roles.map(roleWord),
    ...(scope_owners ? ['owners of the Scope'] : []),
    ...(named.length === 0 ? [] : [named.length === 1 ? 'a named person' : `${named.length} named people`]),
  ];
  return words.length === 0 ? 'nobody is named' : words.join(' or ');
}

function approvals(count: number): string {
  return count === 1 ? 'one approval' : `${count} approvals by different people`;
}

function people(count: number, none = 'nobody'): string {
  if (count === 0) return none;
  return count === 1 ? 'one person' : `${count} people`;
}
