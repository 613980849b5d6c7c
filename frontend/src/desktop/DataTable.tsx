import { Button, Loader } from "@mantine/core"
import { useElementSize } from "@mantine/hooks"
import {
  type ColumnDef,
  flexRender,
  getCoreRowModel,
  getSortedRowModel,
  type RowData,
  type SortingState,
  useReactTable,
} from "@tanstack/react-table"
import { useVirtualizer } from "@tanstack/react-virtual"
import { type CSSProperties, useRef, useState } from "react"

import { number } from "../ui/format"
import { Icon } from "../ui/Icon"
import * as icons from "../ui/icons"
import css from "./DataTable.module.css"

declare module "@tanstack/react-table" {
  // The library's own names of the parameters have to be repeated.
  // eslint-disable-next-line @typescript-eslint/no-unused-vars
  interface ColumnMeta<TData extends RowData, TValue> {
    /** One track of a CSS grid: "120px", "minmax(140px, 2fr)". */
    track: string
    /** Left out where the table is narrower than this, in pixels. */
    from?: number
    align?: "end"
  }
}

interface Props<T> {
  /** Read out as the table's name. */
  label: string
  rows: T[]
  /** Keep it stable. */
  columns: ColumnDef<T>[]
  rowId: (row: T) => string
  rowClass?: (row: T) => string | undefined
  /** A row was pressed, beside its buttons; whoever has no mouse needs a button for the same. */
  onOpen?: (row: T) => void
  sortedBy: SortingState
  /** There are rows that are not loaded yet; `onMore` loads the next stretch. */
  more: boolean
  onMore: () => void
}

/** Height of a row in pixels; DataTable.module.css has the same. */
const rowHeight = 46

/** What in a row answers by itself. */
const pressable = "button, a, input"

/** A sortable table that draws only the rows in view. */
export function DataTable<T>({ label, rows, columns, rowId, rowClass, onOpen, sortedBy, more, onMore }: Props<T>) {
  const [sorting, setSorting] = useState<SortingState>(sortedBy)
  const { ref: measured, width } = useElementSize()
  const box = useRef<HTMLDivElement>(null)
  const columnVisibility = Object.fromEntries(columns.map((c) => [c.id ?? "", width === 0 || width >= (c.meta?.from ?? 0)]))
  const table = useReactTable({
    data: rows,
    columns,
    state: { sorting, columnVisibility },
    onSortingChange: setSorting,
    getRowId: rowId,
    getCoreRowModel: getCoreRowModel(),
    getSortedRowModel: getSortedRowModel(),
    enableSortingRemoval: false,
  })
  const sorted = table.getRowModel().rows
  const virtual = useVirtualizer({ count: sorted.length, getScrollElement: () => box.current, estimateSize: () => rowHeight, overscan: 12 })
  const tracks = table.getVisibleLeafColumns().map((c) => c.columnDef.meta?.track ?? "1fr")
  return (
    <div className={css.tableBox} data-opens={onOpen ? true : undefined} ref={measured}>
      <div className={css.tableScroll} ref={box} tabIndex={0} role="region" aria-label={`${label}, scrollable`}>
        <div
          role="table"
          aria-label={label}
          aria-rowcount={sorted.length + 1}
          className={css.table}
          style={{ "--tracks": tracks.join(" ") } as CSSProperties}
        >
          <div role="rowgroup" className={css.tableHead}>
            <div role="row" className="table-row">
              {table.getLeafHeaders().map((header) => {
                const direction = header.column.getIsSorted()
                return (
                  <div
                    key={header.id}
                    role="columnheader"
                    aria-sort={direction === "asc" ? "ascending" : direction === "desc" ? "descending" : undefined}
                    className={css.tableCell}
                    data-align={header.column.columnDef.meta?.align}
                  >
                    {header.column.getCanSort() ? (
                      <button
                        type="button"
                        className={css.sort}
                        data-direction={direction || undefined}
                        onClick={header.column.getToggleSortingHandler()}
                      >
                        {flexRender(header.column.columnDef.header, header.getContext())}
                        <Icon icon={icons.down} size="small" />
                      </button>
                    ) : (
                      flexRender(header.column.columnDef.header, header.getContext())
                    )}
                  </div>
                )
              })}
            </div>
          </div>
          <div role="rowgroup" className={css.tableBody} style={{ height: virtual.getTotalSize() }}>
            {virtual.getVirtualItems().map((item) => {
              const row = sorted[item.index]
              if (!row) return null
              return (
                <div
                  key={row.id}
                  role="row"
                  aria-rowindex={item.index + 2}
                  className={`table-row ${rowClass?.(row.original) ?? ""}`}
                  onClick={(event) => onOpen && event.target instanceof Element && !event.target.closest(pressable) && onOpen(row.original)}
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  {row.getVisibleCells().map((cell) => (
                    <div key={cell.id} role="cell" className={css.tableCell} data-align={cell.column.columnDef.meta?.align}>
                      {flexRender(cell.column.columnDef.cell, cell.getContext())}
                    </div>
                  ))}
                </div>
              )
            })}
          </div>
        </div>
        {more && (
          <div className="table-more">
            <span>The first {number(rows.length)} are here.</span>
            <Button variant="default" size="xs" onClick={onMore}>
              Load more
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}

/** What a table's place holds until its first answer. */
export function TableWaiting({ what }: { what: string }) {
  return (
    <div className={css.tableWaiting} role="status">
      <Loader size="sm" />
      <span>Loading {what}</span>
    </div>
  )
}
