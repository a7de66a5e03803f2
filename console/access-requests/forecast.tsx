import { Stack } from '@mantine/core';
import type { AskedEntitlement } from '../api/entitlement.ts';
import type { RequestPreview } from '../api/request-preview.ts';
import { entitlementName } from '../elements/entitlement-words.ts';
import { entitlementQuery } from './asked-entitlement.ts';
import { HeldAlready } from './held-already.tsx';
import { PreviewPanel } from './preview-panel.tsx';
import { previewSummary } from './preview-summary.ts';
import { useNamedEntitlement } from './use-named-entitlement.ts';
import type { ThingPreview } from './use-previews.ts';
import type { Things } from './asked-things.ts';
import classes from './forecast.module.css';

interface ForecastProps {
  readonly things: Things;
  readonly previews: readonly ThingPreview[];
  readonly hasReason: boolean;
  readonly emergency: boolean;
  /** More time is asked for, so that it is held already goes without saying. */
  readonly extension: boolean;
}

/** What will become of it, thing by thing. */
export function Forecast({ things, previews, hasReason, emergency, extension }: ForecastProps) {
  return (
    <Stack gap="sm" aria-live="polite">
      {things.length > 1 && !emergency && (
        <p className={classes.several}>
          {things.length} requests will be sent together. Each is decided by its own rules, so some may open before
          others.
        </p>
      )}
      {things.map((thing, place) => {
        const { preview, error } = previews[place] ?? { preview: undefined, error: null };
        return (
          <Stack gap="xs" key={entitlementQuery(thing)}>
            {things.length > 1 && <ThingName thing={thing} />}
            {preview !== undefined && !extension && <HeldAlready preview={preview} />}
            {!emergency && (extension || !isMoot(preview)) && (
              <PreviewPanel summary={preview === undefined ? null : previewSummary(preview, hasReason)} error={error} />
            )}
          </Stack>
        );
      })}
    </Stack>
  );
}

/** What is held or asked for already needs no forecast. */
function isMoot(preview: RequestPreview | undefined): boolean {
  return preview !== undefined && (preview.has_already !== null || preview.pending_request_id !== null);
}

function ThingName({ thing }: { readonly thing: AskedEntitlement }) {
  const { named } = useNamedEntitlement(thing);
  return <h3 className={classes.name}>{named === null ? entitlementQuery(thing) : entitlementName(named)}</h3>;
}
