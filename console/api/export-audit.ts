import { getStream } from './api-client.ts';
import type { AuditFilter } from './audit-event.ts';

export type ExportFormat = 'csv' | 'ndjson';

export interface ExportProgress {
  readonly bytes: number;
  readonly entries: number;
  /** How many there can be at the most. */
  readonly atMost: number;
}

export interface ExportedFile extends ExportProgress {
  readonly name: string;
  readonly blob: Blob;
}

/** Of the end of the file, where its last line is. */
const TAIL_BYTES = 4_096;
const NEWLINE = 0x0a;
const QUOTE = 0x22;

/**
 * Reads an export as it comes. The browser keeps it on its disk when it gets large.
 * @throws ApiProblem, or Error when it was broken off: a file without its last line is not the whole
 */
export async function exportAudit(
  filter: AuditFilter,
  format: ExportFormat,
  signal: AbortSignal,
  onProgress: (progress: ExportProgress) => void,
): Promise<ExportedFile> {
  const response = await getStream('/v1/audit-events/export', { ...filter, format }, signal);
  const atMost = Number(response.headers.get('hallpass-export-at-most') ?? 0);
  const lines = countLines(format);
  let bytes = 0;
  let tail = new Uint8Array();
  const progress = (): ExportProgress => ({ bytes, entries: Math.max(0, Math.min(lines.count(), atMost)), atMost });
  const counted = response.body?.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.length;
        lines.take(chunk);
        tail = joined(tail, chunk);
        onProgress(progress());
        controller.enqueue(chunk);
      },
    }),
  );
  const blob = await new Response(counted ?? null, {
    headers: { 'content-type': response.headers.get('content-type') ?? '' },
  }).blob();
  const entries = entriesOf(new TextDecoder().decode(tail), format);
  if (entries === null) throw new Error('The export was broken off: its last line is missing. Try again.');
  return { ...progress(), entries, name: nameOf(response), blob };
}

/** How many entries the last line says there are; null without one. */
export function entriesOf(tail: string, format: ExportFormat): number | null {
  const lastLine = tail.trimEnd().split('\n').at(-1) ?? '';
  const [, entries] =
    (format === 'csv' ? /,export\.end,.*?,(\d+) entries,/ : /^\{"export_end":\{"entries":(\d+),/).exec(lastLine) ?? [];
  return entries === undefined ? null : Number(entries);
}

/** Records so far, without the first of a CSV; line ends within quotes are no ends there. */
function countLines(format: ExportFormat): { take(chunk: Uint8Array): void; count(): number } {
  let ends = 0;
  let isQuoted = false;
  return {
    take(chunk) {
      for (const byte of chunk) {
        if (byte === QUOTE && format === 'csv') isQuoted = !isQuoted;
        else if (byte === NEWLINE && !isQuoted) ends += 1;
      }
    },
    count: () => (format === 'csv' ? ends - 1 : ends),
  };
}

function joined(tail: Uint8Array, chunk: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(tail.length + Math.min(chunk.length, TAIL_BYTES));
  whole.set(tail);
  whole.set(chunk.subarray(Math.max(0, chunk.length - TAIL_BYTES)), tail.length);
  return whole.slice(-TAIL_BYTES);
}

function nameOf(response: Response): string {
  return /filename="([\w.-]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'hallpass-audit';
}
