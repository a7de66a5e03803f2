import type { JWTPayload } from 'jose';
import { invalid, unavailable } from './identification.ts';
import type { ClusterApi } from './cluster-api.ts';
import type { Confirmation } from './jwt-verifier.ts';

/** RFC 1123 labels and names, as Kubernetes takes them for namespaces and service accounts. */
const SUBJECT =
  /^system:serviceaccount:([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?):([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)$/;

/**
 * `system:serviceaccount:<namespace>:<name>` of a bound service account token, where its own account says the same
 * (`kubernetes.io` of its claims). Null for every other token that the cluster's key may have signed.
 */
export function serviceAccountOf(claims: JWTPayload): string | null {
  const match = SUBJECT.exec(claims.sub ?? '');
  if (match === null) return null;
  const [sub, namespace, name] = match;
  const bound = claims['kubernetes.io'] as
    | { namespace?: unknown; serviceaccount?: { name?: unknown } }
    | null
    | undefined;
  return bound?.namespace === namespace && bound?.serviceaccount?.name === name ? (sub as string) : null;
}

export interface ReviewOptions {
  readonly api: ClusterApi;
  readonly audiences: readonly string[];
  readonly timeoutMs: number;
  /** How long an answer is believed. */
  readonly cacheMs: number;
  readonly onFailure: (error: unknown) => void;
}

/** Whether the cluster still stands by a token: not once its pod, account or secret is deleted. */
export async function reviewServiceAccount(
  token: string,
  sub: string,
  nowMs: number,
  { api, audiences, timeoutMs, cacheMs, onFailure }: ReviewOptions,
): Promise<Confirmation> {
  try {
    const review = await api.review(token, audiences, timeoutMs);
    if (!review.authenticated) return invalid('the cluster does not stand by the token');
    if (review.username !== sub) return invalid('the cluster names another account');
    // None at all comes from a server that did not look at audiences (TokenReview, `status.audiences`).
    if (!review.audiences.some((audience) => audiences.includes(audience))) return invalid('not for this audience');
    return { ok: true, untilMs: nowMs + cacheMs };
  } catch (error) {
    onFailure(error);
    return unavailable('the cluster could not be asked');
  }
}
