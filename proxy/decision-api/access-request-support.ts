import { createRemoteJWKSet } from 'jose';
import type { ReadApprovalState } from '../../core/authzen/approval.ts';
import type { DenialLinks } from '../../core/authzen/evaluate-access.ts';
import { ACCESS_REQUEST_PATHS, accessRequestMetadata } from '../../core/decision/access-request-profile.ts';
import { readApprovalState } from '../../core/decision/approval-state.ts';
import type { Clock } from '../../core/process/clock.ts';
import type { ProxyConfig } from '../config.ts';

export interface AccessRequestSupport {
  readonly links: DenialLinks;
  readonly readApprovalState: ReadApprovalState | null;
  /** What the metadata says of it. */
  readonly moreMetadata: Readonly<Record<string, unknown>>;
}

/** What the decision API has of the Access Request and Approval Profile (docs/arap.md); nothing where it is off. */
export function accessRequestSupport(config: ProxyConfig, links: DenialLinks, clock: Clock): AccessRequestSupport {
  const { limits, console_url: controlUrl, public_url: audience } = config;
  if (config.decision_api.access_requests === 'off') {
    return { links: { linkFor: async () => null }, readApprovalState: null, moreMetadata: {} };
  }
  // Fetched when first asked for, and again for a key nobody has seen. By where the control plane is, not by its name.
  const keys = createRemoteJWKSet(new URL(config.control_plane.url + ACCESS_REQUEST_PATHS.approvalKeys), {
    timeoutDuration: limits.jwks_timeout_ms,
    cooldownDuration: limits.jwks_cooldown_ms,
    cacheMaxAge: limits.jwks_max_age_ms,
  });
  return {
    links,
    readApprovalState: (state) => readApprovalState(state, keys, { issuer: controlUrl, audience }, clock()),
    moreMetadata: accessRequestMetadata(controlUrl),
  };
}
