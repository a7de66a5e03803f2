import type { ChainLink } from './audit-head.ts';
import type { HashedAuditEntry } from './audit-rows.ts';

/** The last line of an export: an export without it was broken off. */
export interface ExportEnd {
  readonly entries: number;
  /** Where the log ended when the export began. */
  readonly head: ChainLink;
  /** Hex SHA-256 of everything before this line. */
  readonly sha256: string;
}

export interface ExportFormat {
  readonly mediaType: string;
  readonly extension: string;
  begin(): string;
  line(entry: HashedAuditEntry, about: string | null): string;
  end(end: ExportEnd): string;
}

const CSV_COLUMNS = [
  'sequence',
  'id',
  'time',
  'type',
  'actor_id',
  'actor_name',
  'actor_email',
  'subject_id',
  'subject_name',
  'subject_email',
  'resource',
  'request_id',
  'grant_id',
  'evaluation_id',
  'summary',
  'reason',
  'note',
  'details',
  'previous_hash',
  'hash',
] as const;

type CsvRecord = Readonly<Partial<Record<(typeof CSV_COLUMNS)[number], unknown>>>;

/** `csv`: for people and spreadsheets. `ndjson`: exact, one entry a line, as the API answers it. */
export const EXPORT_FORMATS: Readonly<Record<'csv' | 'ndjson', ExportFormat>> = {
  csv: {
    mediaType: 'text/csv; charset=utf-8; header=present',
    extension: 'csv',
    begin: () => csvRecord(CSV_COLUMNS),
    line: (entry, about) =>
      csvLine({
        ...entry,
        actor_id: entry.actor?.id,
        actor_name: entry.actor?.name,
        actor_email: entry.actor?.email,
        subject_id: entry.subject?.id,
        subject_name: entry.subject?.name,
        subject_email: entry.subject?.email,
        resource: about,
        reason: entry.details['reason'],
        note: entry.details['note'],
        details: JSON.stringify(entry.details),
      }),
    // A record like all others, so that every reader of CSV gets by with it; its type is no entry's.
    end: (end) =>
      csvLine({
        type: 'export.end',
        summary: `${end.entries} entries`,
        details: JSON.stringify(end),
        hash: end.sha256,
      }),
  },
  ndjson: {
    mediaType: 'application/x-ndjson',
    extension: 'ndjson',
    begin: () => '',
    line: (entry) => `${JSON.stringify(entry)}\n`,
    end: (end) => `${JSON.stringify({ export_end: end })}\n`,
  },
};

function csvLine(record: CsvRecord): string {
  return csvRecord(CSV_COLUMNS.map((name) => cellText(record[name])));
}

/** RFC 4180. */
function csvRecord(cells: readonly string[]): string {
  return `${cells.map(quoted).join(',')}\r\n`;
}

function cellText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return neutral(typeof value === 'string' ? value : JSON.stringify(value));
}

/** What a spreadsheet would run as a formula becomes text (OWASP, "CSV Injection"); the NDJSON is exact. */
function neutral(text: string): string {
  return /^[=+\-@\t\r\n\uff0b\uff0d\uff1d\uff20]/.test(text) ? `'${text}` : text;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) || /^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
