/** The versions of the AuthZEN Access Request and Approval Profile (ARAP) that are spoken, newest first (docs/arap.md). */
export const ACCESS_REQUEST_VERSIONS = ['draft-1'] as const;
export type AccessRequestVersion = (typeof ACCESS_REQUEST_VERSIONS)[number];

/** Addresses at the control plane. */
export const ACCESS_REQUEST_PATHS = {
  requests: '/access/v1/requests',
  /** What a submission has to add to the denied question, as JSON Schema. */
  schema: '/access/v1/request-schema',
  jwks: '/access/v1/jwks',
  /** Of those keys, the ones that sign approvals. */
  approvalKeys: '/.well-known/hallpass-approval-keys.json',
} as const;

/** ARAP draft 1, "PDP Metadata". @param controlUrl public URL of the control plane, without a slash at its end */
export function accessRequestMetadata(controlUrl: string): Readonly<Record<string, unknown>> {
  return {
    access_request_endpoint: controlUrl + ACCESS_REQUEST_PATHS.requests,
    jwks_uri: controlUrl + ACCESS_REQUEST_PATHS.jwks,
    capabilities: ['urn:openid:authzen:capability:access-request'],
  };
}
