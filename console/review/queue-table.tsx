import { Checkbox } from '@mantine/core';
import type { AccessRequest } from '../api/access-request.ts';
import { DataTable, type Column } from '../elements/data-table.tsx';
import { entitlementPhrase } from '../elements/entitlement-words.ts';
import type { QueueTab } from './queue-view.ts';
import { OPEN_REQUEST, REQUEST_FACTS, REQUEST_STATUS } from './review-table.tsx';
import classes from './review-table.module.css';
import type { SteadyRow } from './steady-rows.ts';

type Row = SteadyRow<AccessRequest>;

interface QueueTableProps {
  readonly tab: QueueTab;
  readonly rows: readonly Row[];
  readonly chosen: ReadonlySet<string>;
  readonly onChoose: (ids: Iterable<string>) => void;
}

const CAPTIONS: Record<QueueTab, string> = {
  pending: 'Pending access requests',
  'break-glass': 'Break-glass access to review',
  decided: 'Decided access requests',
};

/** The requests of one page, each to be opened, and those that one may decide to be selected. */
export function QueueTable({ tab, rows, chosen, onChoose }: QueueTableProps) {
  const facts = [...REQUEST_FACTS, ...(tab === 'pending' ? [] : [REQUEST_STATUS]), OPEN_REQUEST].map(onRow);
  return (
    <DataTable
      caption={CAPTIONS[tab]}
      columns={
        tab === 'pending' && rows.some(({ row }) => row.can_review) ? [selectColumn(chosen, onChoose), ...facts] : facts
      }
      rows={rows}
      rowKey={({ row }) => row.id}
      rowLook={({ row, gone }) => (gone ? 'faded' : chosen.has(row.id) ? 'chosen' : undefined)}
    />
  );
}

/** The same column for rows that keep their place; the last one says when a row stands there for that reason only. */
function onRow(column: Column<AccessRequest>): Column<Row> {
  return {
    ...column,
    cell: ({ row, gone }) => (
      <>
        {column.cell(gone ? { ...row, can_review: false } : row)}
        {gone && column === OPEN_REQUEST && <div className={classes.gone}>Not in this list any more</div>}
      </>
    ),
  };
}

function selectColumn(chosen: ReadonlySet<string>, onChoose: QueueTableProps['onChoose']): Column<Row> {
  const toggle = (id: string) =>
    onChoose(chosen.has(id) ? [...chosen].filter((other) => other !== id) : [...chosen, id]);
  return {
    title: 'Select',
    titleHidden: true,
    inCorner: true,
    cell: ({ row, gone }) => (
      <Checkbox
        className={classes.select ?? ''}
        aria-label={`Select the request of ${row.requester.name || row.requester.email} for ${entitlementPhrase(row)}`}
        disabled={!row.can_review || gone}
        checked={chosen.has(row.id)}
        onChange={() => toggle(row.id)}
      />
    ),
  };
}
