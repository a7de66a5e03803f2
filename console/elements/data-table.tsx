/* oxlint-disable jsx-a11y/no-redundant-roles, jsx-a11y/no-interactive-element-to-noninteractive-role --
   some browsers drop the meaning of table elements as soon as their display is changed, so the roles are written out */
import type { ReactNode } from 'react';
import classes from './data-table.module.css';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** A column of buttons or links needs no title for the eye. */
  readonly titleHidden?: boolean;
  /** On a phone it stands at the top right of the card instead of in a line of its own. */
  readonly inCorner?: boolean;
  /** On a card it says by itself what it is. */
  readonly plainOnCard?: boolean;
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** How a row stands out: chosen, or there only so that nothing jumps. Never the only sign of it. */
  readonly rowLook?: (row: Row) => 'chosen' | 'faded' | undefined;
}

/** A table that becomes one card a row on a phone. */
export function DataTable<Row>({ caption, columns, rows, rowKey, rowLook }: DataTableProps<Row>) {
  return (
    <div className={classes.room}>
      <table role="table" className={classes.table}>
        <caption className={classes.caption}>{caption}</caption>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map(({ title, titleHidden }) => (
              <th role="columnheader" scope="col" key={title}>
                <span className={titleHidden === true ? classes.hidden : undefined}>{title}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map((row) => (
            <tr role="row" key={rowKey(row)} data-look={rowLook?.(row)}>
              {columns.map(({ title, titleHidden, inCorner, plainOnCard, cell }) => (
                <td role="cell" key={title} data-corner={inCorner}>
                  {titleHidden !== true && plainOnCard !== true && (
                    <span className={classes.cellTitle} aria-hidden="true">
                      {title}
                    </span>
                  )}
                  <div className={classes.cellValue}>{cell(row)}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
