/**
 * Every reason a decision may carry: one closed set for Rego, logs, metrics, responses and docs.
 * `policies/lib/reasons.rego` repeats the ones a policy may give; a contract test holds the two together.
 */
export const ALLOW_REASONS = ['granted-resource', 'granted-scope', 'role-sufficient', 'granted-role'] as const;

/** A policy's own reasons to say no. */
export const POLICY_DENY_REASONS = ['no-grant', 'role-too-low', 'action-not-permitted', 'denied-by-rule'] as const;

/** Reasons the engine and the gate give without, or in spite of, a policy's answer. */
export const ENGINE_DENY_REASONS = [
  'identity-missing',
  'identity-invalid',
  'identity-unavailable',
  'subject-unknown',
  'subject-disabled',
  'route-unknown',
  'resource-unknown',
  'path-refused',
  'request-refused',
  'facts-missing',
  'facts-stale',
  'grant-pending',
  'approval-mismatch',
  'policy-missing',
  'policy-error',
  'policy-undefined',
] as const;

/** Why a connection that had been let in was cut. */
export const CUT_REASONS = [
  'grant-expired',
  'grant-revoked',
  'access-changed',
  'identity-expired',
  'policy-changed',
  'facts-stale',
  'shutting-down',
] as const;

export type AllowReason = (typeof ALLOW_REASONS)[number];
export type PolicyDenyReason = (typeof POLICY_DENY_REASONS)[number];
export type EngineDenyReason = (typeof ENGINE_DENY_REASONS)[number];
export type DenyReason = PolicyDenyReason | EngineDenyReason;
export type ReasonCode = AllowReason | DenyReason;
export type CutReason = (typeof CUT_REASONS)[number];

/** One sentence for people, in their words. Shown on the denial page and in `detail` of the problem document. */
export const REASON_TEXT: Record<ReasonCode, string> = {
  'granted-resource': 'A grant for this resource allows it.',
  'granted-scope': 'Membership of a Scope that covers this resource allows it.',
  'role-sufficient': 'Your role allows it.',
  'granted-role': 'A granted role allows it.',
  'no-grant': 'You have no grant for this resource and are in no Scope that covers it.',
  'role-too-low': 'This resource needs a higher role than yours.',
  'action-not-permitted': 'Your role does not allow this action on the resource.',
  'denied-by-rule': 'A rule of the policy forbids it.',
  'identity-missing': 'The request did not say who is asking. Sign in, or send a bearer token.',
  'identity-invalid': 'The token or certificate could not be accepted. Get a new one and try again.',
  'identity-unavailable': 'The keys to check the token with could not be fetched. Try again shortly.',
  'subject-unknown': 'The token is good, but its owner is not a known person here.',
  'subject-disabled': 'This account is disabled.',
  'route-unknown': 'Nothing is served at this address.',
  'resource-unknown': 'Nothing is served at this address.',
  'path-refused': 'The path can be read in more than one way, so it was not passed on.',
  'request-refused': 'The request can be read in more than one way, so it was not passed on.',
  'facts-missing': 'The sidecar has not received its facts yet.',
  'facts-stale': 'The sidecar has lost touch with the control plane for longer than it may trust what it knows.',
  'grant-pending': 'Access was approved and is on its way to this sidecar.',
  'approval-mismatch': 'The approval that was sent along is put together of two.',
  'policy-missing': 'The sidecar has no policy loaded.',
  'policy-error': 'The policy failed while deciding.',
  'policy-undefined': 'The policy gave no decision.',
};
