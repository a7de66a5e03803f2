import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { verifyAuditPart, type AuditPart } from '../api/audit-proof.ts';
import { queryKeys } from '../api/query-keys.ts';

export type Verification =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly entries: number; readonly part: AuditPart | null }
  | { readonly kind: 'over'; readonly entries: number; readonly part: AuditPart }
  | { readonly kind: 'failed'; readonly error: unknown };

/** Walks the log part by part, to its end or to the first entry that does not hold. */
export function useVerifyAudit() {
  const client = useQueryClient();
  const [state, setState] = useState<Verification>({ kind: 'idle' });
  const run = useRef(0);
  useEffect(
    () => () => {
      run.current += 1;
    },
    [],
  );
  const start = async () => {
    run.current += 1;
    const own = run.current;
    let entries = 0;
    let part: AuditPart | null = null;
    setState({ kind: 'running', entries, part });
    try {
      do {
        part = await verifyAuditPart(part?.to ?? null);
        if (run.current !== own) return;
        entries += part.entries;
        setState({ kind: part.done ? 'over' : 'running', entries, part });
      } while (!part.done);
      await client.invalidateQueries({ queryKey: queryKeys.auditEvents });
    } catch (error) {
      if (run.current === own) setState({ kind: 'failed', error });
    }
  };
  return {
    state,
    start: () => void start(),
    cancel: () => {
      run.current += 1;
      setState({ kind: 'idle' });
    },
  };
}
