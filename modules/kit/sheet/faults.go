package sheet

import "carecert/modules/kernel/fault"

// The refusals of a whole file.
var (
	ErrBroken      = fault.New(fault.Invalid, "imports.file_broken")
	ErrNotWorkbook = fault.New(fault.Invalid, "imports.not_a_workbook")
	ErrOldFormat   = fault.New(fault.Invalid, "imports.old_xls")
	ErrEncrypted   = fault.New(fault.Invalid, "imports.encrypted")
	ErrBomb        = fault.New(fault.Invalid, "imports.zip_bomb")
	ErrTooLarge    = fault.New(fault.TooLarge, "imports.too_large")
	ErrTooManyRows = fault.New(fault.Invalid, "imports.too_many_rows")
	ErrTooWide     = fault.New(fault.Invalid, "imports.too_many_columns")
	ErrEmpty       = fault.New(fault.Invalid, "imports.empty_file")
	ErrNoHeader    = fault.New(fault.Invalid, "imports.header_missing")
	ErrHidden      = fault.New(fault.Invalid, "imports.header_hidden")
	ErrNoColumns   = fault.New(fault.Invalid, "imports.columns_missing")
	ErrOpenQuote   = fault.New(fault.Invalid, "imports.csv_quote")
)

// The limits of a file.
const (
	MaxBytes   = 50 << 20 // CONTRACT §2
	MaxRows    = 200_000  // filled rows under the header
	MaxColumns = 500
	maxUnzip   = 512 << 20 // bytes of all parts together, unpacked
	maxPart    = 256 << 20 // shared strings, styles
	maxRun     = 1 << 20   // bytes between two tags: Excel's longest cell has 32,767 characters
	maxEntries = 10_000
	maxCell    = 32_767
)
