import type { RequestPreview } from '../api/request-preview.ts';
import { roleWord } from '../elements/entitlement-words.ts';
import { formatDuration } from '../time/format-duration.ts';

export interface PreviewSummary {
  readonly look: 'open' | 'automatic' | 'unfinished' | 'closed';
  /** False: the server would refuse it, so there is no use in sending it. */
  readonly sendable: boolean;
  readonly title: string;
  readonly sentences: readonly string[];
}

/** The preview in words. While no reason is written yet, a policy that wants one has not refused anything. */
export function previewSummary(preview: RequestPreview, hasReason: boolean): PreviewSummary {
  if (!preview.requestable) {
    return {
      look: hasReason ? 'closed' : 'unfinished',
      sendable: !hasReason,
      title: hasReason ? 'This can’t be sent' : 'This can’t be sent as it is',
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
      title: 'Approved automatically',
      sentences: ['Nobody has to review this.', longest],
    };
  }
  if (preview.reviewer_count < preview.approvals_required) {
    return {
      look: 'closed',
      sendable: false,
      title: 'Nobody could approve this',
      sentences: [
        `It takes ${approvals(preview.approvals_required)}, and ${people(preview.reviewer_count)} could give one.`,
      ],
    };
  }
  return {
    look: 'open',
    sendable: true,
    title: `Needs ${approvals(preview.approvals_required)}`,
    sentences: [`${people(preview.reviewer_count)} will be asked (${roles(preview)}).`, longest],
  };
}

function approvals(count: number): string {
  return count === 1 ? 'one approval' : `${count} approvals by different people`;
}

function people(count: number): string {
  if (count === 0) return 'nobody';
  return count === 1 ? 'One person' : `${count} people`;
}

function roles({ reviewers }: RequestPreview): string {
  return reviewers.roles.map(roleWord).join(' or ');
}
