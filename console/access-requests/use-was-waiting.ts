import { useState } from 'react';
import { useLocation } from 'react-router';
import type { AccessRequest } from '../api/access-request.ts';

/**
 * Whether this very visit waited for access: the request was sent from the form just now, or was still open when the page
 * was first shown. Somebody who opens an old, approved request is not taken anywhere.
 */
export function useWasWaiting(request: AccessRequest): boolean {
  const { state } = useLocation();
  const [waited] = useState(
    () =>
      (state as { submitted?: boolean } | null)?.submitted === true ||
      request.status === 'pending' ||
      (request.status === 'approved' && !request.in_effect),
  );
  return waited;
}
