import { readFile } from 'node:fs/promises';
import { readBundleKey, type BundleKey, type BundleTrust } from '../../core/decision/bundle-signature.ts';
import { createOpaPolicyEngine } from '../../core/decision/opa-policy-engine.ts';
import { readPolicyBundle } from '../../core/decision/policy-bundle.ts';
import { PolicyEngineError } from '../../core/decision/policy-engine.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { Logger } from '../../core/process/logger.ts';
import type { ProxyLimits } from '../config.ts';
import { readClientTls } from '../management/client-tls.ts';
import { ServiceClient } from '../management/service-client.ts';
import type { BundleSource } from './bundle-source.ts';
import { BundleStore } from './bundle-store.ts';
import { FileBundleSource } from './file-bundle-source.ts';
import { HttpBundleSource } from './http-bundle-source.ts';
import { PolicyHolder, type PolicyLoader } from './policy-holder.ts';
import { isBundleUrl, type PolicySettings, type SigningSettings } from './policy-settings.ts';
import { RollbackGuard } from './rollback-guard.ts';

export interface PolicyOptions {
  readonly settings: PolicySettings;
  readonly limits: ProxyLimits;
  readonly token: string | null;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether somebody wants to see what the policy prints. */
  readonly keepsPrinted: boolean;
  /** Bundles come from another process of this sidecar, which has looked at where they come from. */
  readonly bundles?: BundleSource | undefined;
}

/** The policy by its settings, with nothing started yet. @throws Error that names the setting and what is wrong with it */
export async function createPolicy(options: PolicyOptions): Promise<PolicyHolder> {
  const { settings, clock, logger, keepsPrinted, bundles } = options;
  const { signing } = settings;
  const directory = bundles === undefined ? settings.persist_directory : undefined;
  const trust = signing === undefined ? null : await readTrust(signing);
  const store = directory === undefined ? null : new BundleStore(directory);
  const isRequired = signing?.issued_at === 'required';
  return new PolicyHolder({
    source: bundles ?? (await createSource(options)),
    waitsForFirst: bundles === undefined && !isBundleUrl(settings.bundle),
    load: createLoader(trust, keepsPrinted),
    guard: new RollbackGuard(
      signing === undefined ? null : store,
      isRequired,
      signing?.clock_tolerance_seconds ?? 0,
      clock,
    ),
    store,
    clock,
    logger,
  });
}

async function createSource({ settings, limits, token }: PolicyOptions): Promise<BundleSource> {
  const { bundle } = settings;
  if (!isBundleUrl(bundle)) return new FileBundleSource(bundle, settings.poll_ms, limits.policy_bundle_bytes);
  const client = new ServiceClient({
    url: bundle,
    token,
    tls: await readClientTls(settings.tls, 'policy.tls'),
    timeoutMs: limits.policy_request_timeout_ms,
  });
  return new HttpBundleSource(client, {
    minDelayMs: settings.min_delay_ms,
    maxDelayMs: settings.max_delay_ms,
    longPollSeconds: settings.long_poll_seconds,
    requestTimeoutMs: limits.policy_request_timeout_ms,
    downloadTimeoutMs: limits.policy_download_timeout_ms,
    maxBytes: limits.policy_bundle_bytes,
  });
}

function createLoader(trust: BundleTrust | null, keepsPrinted: boolean): PolicyLoader {
  return async (bytes) => {
    const bundle = await readPolicyBundle(bytes, trust);
    // As OPA has it: whoever signs expects that somebody looks.
    if (trust === null && bundle.isSigned) {
      throw new PolicyEngineError(
        'The policy bundle is signed, and there is no key to check it with. Set policy.signing.',
      );
    }
    return { engine: await createOpaPolicyEngine(bundle, { keepsPrinted }), signature: bundle.signature };
  };
}

async function readTrust({ keys, keyid, scope }: SigningSettings): Promise<BundleTrust> {
  const read = new Map<string, BundleKey>();
  for (const [id, { algorithm, key, file, scope: keyScope }] of Object.entries(keys)) {
    const setting = `policy.signing.keys.${id}`;
    try {
      read.set(id, readBundleKey(key ?? (await readFile(file!, 'utf8')), algorithm, keyScope));
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(
        code === undefined || file === undefined
          ? `${setting} ${message}`
          : `${setting}: ${file} can't be read (${code})`,
        {
          cause: error,
        },
      );
    }
  }
  return { keys: read, keyId: keyid ?? null, scope };
}
