/** A table to save, readable by spreadsheet programs (byte order mark; no formula starts from a cell of ours). */
export function csv(rows: (string | number | undefined | null)[][]): string {
  const cell = (v: string | number | undefined | null) => {
    const s = v === null || v === undefined ? '' : String(v)
    const safe = /^[=+\-@\t\r]/.test(s) && !/^-?\d+(\.\d+)?$/.test(s) ? `'${s}` : s
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return `\uFEFF${rows.map((r) => r.map(cell).join(',')).join('\r\n')}\r\n`
}

export function save(name: string, content: string, type = 'text/csv;charset=utf-8') {
  saveBlob(name, new Blob([content], { type }))
}

export function saveBlob(name: string, content: Blob) {
  const url = URL.createObjectURL(content)
  const a = Object.assign(document.createElement('a'), { href: url, download: name })
  a.click()
  setTimeout(() => URL.revokeObjectURL(url), 1000)
}
