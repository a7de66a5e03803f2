import { Button, CloseButton, Input } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useId, useRef, type ReactNode } from 'react';
import classes from './row-list.module.css';

interface RowListProps<Row extends { readonly key: string }> {
  readonly label: string;
  readonly description?: string;
  readonly rows: readonly Row[];
  readonly renderRow: (row: Row, place: number) => ReactNode;
  /** What one row is, as in `Remove rule 2`. */
  readonly noun: string;
  readonly onAdd: () => void;
  readonly onRemove: (place: number) => void;
  readonly error?: ReactNode;
}

/** A field of as many rows as one likes, each to be removed, and one more to be added. */
export function RowList<Row extends { readonly key: string }>(props: RowListProps<Row>) {
  const { label, description, rows, renderRow, noun, onAdd, onRemove, error } = props;
  const id = useId();
  const adder = useRef<HTMLButtonElement>(null);
  return (
    <fieldset className={classes.list} {...(error != null && { 'aria-describedby': `${id}-error` })}>
      <legend className={classes.legend}>{label}</legend>
      {description !== undefined && <Input.Description>{description}</Input.Description>}
      {rows.map((item, place) => (
        <div key={item.key} className={classes.row}>
          <div className={classes.fields}>{renderRow(item, place)}</div>
          <CloseButton
            size={36}
            aria-label={`Remove ${noun} ${place + 1}`}
            onClick={() => {
              onRemove(place);
              adder.current?.focus();
            }}
          />
        </div>
      ))}
      {error != null && (
        <Input.Error id={`${id}-error`} role="alert">
          {error}
        </Input.Error>
      )}
      <div>
        <Button
          ref={adder}
          variant="default"
          size="sm"
          leftSection={<IconPlus size={16} stroke={1.8} aria-hidden="true" />}
          onClick={onAdd}
        >
          Add a {noun}
        </Button>
      </div>
    </fieldset>
  );
}
