export interface Column<T> {
  key: string
  label: string
  text?: (row: T) => string | number | undefined
  sort?: (row: T) => string | number | undefined
  number?: boolean
  width?: string
}
