// A table that is one on wide screens, and a list of cards on narrow ones; where it has no rows it says what to do.
import type { ComponentChildren } from 'preact';

export interface Column<T> {
  readonly name: string;
  readonly cell: (row: T) => ComponentChildren;
  /** Numbers stand at the right. */
  readonly number?: boolean;
  /** The column that takes the room that is left. */
  readonly wide?: boolean;
}

interface RowsProps<T> {
  readonly label: string;
  readonly columns: readonly Column<T>[];
  readonly rows: readonly T[];
  readonly keyOf: (row: T) => string;
  readonly empty: ComponentChildren;
}

/** Said again, since the style sheet takes it away where it makes cards of the rows. */
const as = (role: 'table' | 'rowgroup' | 'row' | 'columnheader' | 'cell') => ({ role });

export function Rows<T>({ label, columns, rows, keyOf, empty }: RowsProps<T>) {
  if (rows.length === 0) return <Empty>{empty}</Empty>;
  const looks = ({ number, wide }: Column<T>) => `${number ? 'number' : ''} ${wide ? 'wide' : ''}`;
  return (
    <table class="rows" aria-label={label} {...as('table')}>
      <thead {...as('rowgroup')}>
        <tr {...as('row')}>
          {columns.map((column) => (
            <th key={column.name} scope="col" {...as('columnheader')} class={looks(column)}>
              {column.name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody {...as('rowgroup')}>
        {rows.map((row) => (
          <tr key={keyOf(row)} {...as('row')}>
            {columns.map((column) => (
              <td key={column.name} {...as('cell')} data-label={column.name} class={looks(column)}>
                <div>{column.cell(row)}</div>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function Empty({ children }: { children: ComponentChildren }) {
  return <div class="empty">{children}</div>;
}

/** What is left out of a long list. */
export function More({ total, shown, what }: { total: number; shown: number; what: string }) {
  if (total <= shown) return null;
  return (
    <p class="more">
      The first {shown} of {total} {what}.
    </p>
  );
}
