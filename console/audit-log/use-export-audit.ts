import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { AuditFilter } from '../api/audit-event.ts';
import { exportAudit, type ExportFormat, type ExportProgress } from '../api/export-audit.ts';
import { queryKeys } from '../api/query-keys.ts';
import { saveFile } from './save-file.ts';

export type Export =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly progress: ExportProgress }
  | { readonly kind: 'over'; readonly progress: ExportProgress; readonly name: string }
  | { readonly kind: 'failed'; readonly error: unknown };

/** More often than this, nobody could read it. */
const SHOW_EVERY_MS = 100;

/** An export under way, and the way to stop it. */
export function useExportAudit(filter: AuditFilter) {
  const client = useQueryClient();
  const [state, setState] = useState<Export>({ kind: 'idle' });
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);
  const start = async (format: ExportFormat) => {
    const controller = new AbortController();
    running.current = controller;
    let shownAt = 0;
    setState({ kind: 'running', progress: { bytes: 0, entries: 0, atMost: 0 } });
    try {
      const file = await exportAudit(filter, format, controller.signal, (progress) => {
        if (performance.now() - shownAt < SHOW_EVERY_MS || controller.signal.aborted) return;
        shownAt = performance.now();
        setState({ kind: 'running', progress });
      });
      saveFile(file.blob, file.name);
      setState({ kind: 'over', progress: file, name: file.name });
      await client.invalidateQueries({ queryKey: queryKeys.auditEvents });
    } catch (error) {
      if (!controller.signal.aborted) setState({ kind: 'failed', error });
    }
  };
  return {
    state,
    start: (format: ExportFormat) => void start(format),
    cancel: () => {
      running.current?.abort();
      setState({ kind: 'idle' });
    },
  };
}
