import { previewSummary } from './preview-summary.ts';
import type { ThingPreview } from './use-previews.ts';

interface Situation {
  readonly hasReason: boolean;
  readonly extension: boolean;
}

/** Whether sending is known to be in vain, for what the form says right now. What is not known yet is no hindrance. */
export function isInVain(previews: readonly ThingPreview[], situation: Situation): boolean {
  return previews.some((one) => !one.outdated && one.preview !== undefined && refuses(one.preview, situation));
}

function refuses(preview: NonNullable<ThingPreview['preview']>, { hasReason, extension }: Situation): boolean {
  if (preview.pending_request_id !== null && !extension) return true;
  if (preview.has_already !== null && !extension) return true;
  return !previewSummary(preview, hasReason).sendable;
}
