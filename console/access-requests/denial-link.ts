import { isBehindSidecar } from '../sign-in/is-behind-sidecar.ts';
import { readReturnTo } from './return-to.ts';

/** What a denial's link says beside the resource. All of it is optional, and anybody may have written it. */
export interface DenialLink {
  readonly action: string | null;
  readonly evaluationId: string | null;
  readonly returnTo: string | null;
}

const OPAQUE_ID = /^[A-Za-z0-9_.:@-]{1,128}$/;
const LONGEST_ACTION = 100;

/**
 * Leaves out what the API would refuse: a damaged link must not keep anybody from asking, and an address that no sidecar
 * serves is not even shown.
 */
export function readDenialLink(query: URLSearchParams, hash: string, sidecarUrls: readonly string[]): DenialLink {
  const action = query.get('action')?.trim() ?? '';
  const returnTo = readReturnTo(hash);
  const evaluationId = query.get('evaluation_id') ?? '';
  return {
    action: action !== '' && action.length <= LONGEST_ACTION ? action : null,
    evaluationId: OPAQUE_ID.test(evaluationId) ? evaluationId : null,
    returnTo: returnTo !== null && isBehindSidecar(new URL(returnTo), sidecarUrls) ? returnTo : null,
  };
}
