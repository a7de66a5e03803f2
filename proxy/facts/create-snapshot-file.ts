import type { Logger } from '../../core/process/logger.ts';
import { servedPatterns, type ProxyConfig, type ProxySecrets } from '../config.ts';
import type { FactSource } from './fact-source.ts';
import { SnapshotFile, type SnapshotEvent } from './snapshot-file.ts';

/** As the configuration says; null where it names no file. */
export function createSnapshotFile(
  options: { readonly config: ProxyConfig; readonly secrets: ProxySecrets; readonly logger: Logger },
  source: FactSource,
  onEvent: (event: SnapshotEvent) => void,
): SnapshotFile | null {
  const { config, secrets, logger } = options;
  const { snapshot_file: path, snapshot_interval_ms: intervalMs } = config.facts;
  if (path === undefined) return null;
  return new SnapshotFile({
    path,
    secret: secrets.feedToken,
    patterns: servedPatterns(config),
    source,
    intervalMs,
    sliceMs: config.limits.slice_ms,
    logger,
    onEvent,
  });
}
