export interface Column<T> {
  key: string
  label: string
  /** What the cell says, unless a slot draws it; what an exported table says. */
  text?: (row: T) => string | number | undefined | null
  sort?: (row: T) => string | number | undefined
  number?: boolean
  width?: string
}
