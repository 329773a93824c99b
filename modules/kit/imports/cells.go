package imports

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"carecert/modules/kernel"
	"carecert/modules/kit/sheet"
)

// Problems that the engine finds itself.
const (
	codeRequired      = "imports.required"
	codeLostDigits    = "imports.number_lost_digits"
	codeDate          = "imports.date_invalid"
	codeYearLast      = "imports.date_year_last"
	codeInteger       = "imports.integer_invalid"
	codeCellError     = "imports.cell_error"
	codeNotCalculated = "imports.not_calculated"
	codeTooLong       = "imports.text_too_long"
	codeChoice        = "imports.choice_unknown"
	codeDecimal       = "imports.decimal_invalid"
	codeClock         = "imports.clock_invalid"
	codeMerged        = "imports.merged_amount"
	codeHidden        = "imports.row_hidden"
	codeTwice         = "imports.column_twice"
	codeUnknown       = "imports.columns_not_read"
	codeUnread        = "imports.sheet_not_read"
	codeUnreadHidden  = "imports.hidden_sheet_not_read"
)

const (
	longestText  = 500
	exactDigits  = 15 // what a number keeps in a workbook
	shownInFault = 40 // characters
)

// scientific is how a spreadsheet program shows a long number: 3.41221E+17.
var scientific = regexp.MustCompile(`^([0-9])(?:\.([0-9]+))?[eE]\+?([0-9]{1,3})$`)

// read normalises a cell by the kind of its column; a code tells why it cannot
// be taken.
func read(kind Kind, c sheet.Cell, words reading) (cell Cell, code string) {
	cell.Raw = c.Text
	switch c.Type {
	case sheet.Fault:
		return cell, codeCellError
	case sheet.Uncalculated:
		return cell, codeNotCalculated
	case sheet.Merged:
		return cell, codeMerged
	case sheet.String, sheet.Number, sheet.Day, sheet.Bool:
	}
	if c.Text == "" {
		return cell, ""
	}
	switch kind {
	case Text:
		cell.Text = sheet.Tidy(whole(c))
	case Name:
		cell.Text = sheet.TidyName(whole(c))
	case Number:
		cell.Text = sheet.TidyNumber(whole(c))
		if lostDigits(c, cell.Text) {
			cell.Text = ""
			return cell, codeLostDigits
		}
	case Date:
		if sheet.Tidy(c.Text) == "" {
			return cell, ""
		}
		day, ok := dayOf(c)
		switch {
		case ok:
		case yearLast.MatchString(sheet.Tidy(c.Text)):
			return cell, codeYearLast
		default:
			return cell, codeDate
		}
		cell.Date, cell.Text = day, string(day)
	case Integer:
		cell.Text = words.amount(c)
		if cell.Text == "" {
			return cell, ""
		}
		n, err := strconv.ParseInt(cell.Text, 10, 64)
		if err != nil {
			cell.Text = ""
			return cell, codeInteger
		}
		cell.Integer = n
	case Decimal:
		cell.Text = words.amount(c)
		if cell.Text == "" {
			return cell, ""
		}
		n, ok := hundredths(cell.Text)
		if !ok {
			cell.Text = ""
			return cell, codeDecimal
		}
		cell.Integer = n
	case Clock:
		if sheet.Tidy(c.Text) == "" {
			return cell, ""
		}
		minute, ok := sheet.ParseClock(c)
		if !ok {
			return cell, codeClock
		}
		cell.Integer, cell.Text = int64(minute), fmt.Sprintf("%02d:%02d", minute/60, minute%60)
	case Choice:
		word := plain(whole(c))
		if word == "" {
			return cell, ""
		}
		chosen, ok := words.choices[word]
		if !ok {
			return cell, codeChoice
		}
		cell.Text, cell.Proper = chosen, words.proper[word]
	}
	if len(cell.Text) > longestText && utf8.RuneCountInString(cell.Text) > longestText {
		cell.Text = ""
		return cell, codeTooLong
	}
	return cell, ""
}

// amount is a number without the unit that people write behind it.
func (r reading) amount(c sheet.Cell) string {
	text := sheet.TidyNumber(whole(c))
	for _, u := range r.units {
		if bare, ok := strings.CutSuffix(text, strings.ToUpper(u)); ok && bare != "" {
			return bare
		}
	}
	return text
}

// decimal is what Excel stores for a number with a fraction too: 59.9 may be
// 59.899999999999999.
var decimal = regexp.MustCompile(`^-?[0-9]{1,7}(?:\.[0-9]{1,16})?$`)

// hundredths reads a number of at most two decimals; what differs from one by
// less than Excel can tell is one.
func hundredths(text string) (int64, bool) {
	if !decimal.MatchString(text) {
		return 0, false
	}
	v, err := strconv.ParseFloat(text, 64)
	n := math.Round(v * 100)
	return int64(n), err == nil && math.Abs(v*100-n) < 1e-6
}

// yearLast is a day whose year comes last: day and month stand in one order here
// and in the other there, so it is not guessed.
var yearLast = regexp.MustCompile(`^[0-9]{1,2}([/.-])[0-9]{1,2}[/.-][0-9]{4}$`)

func dayOf(c sheet.Cell) (kernel.Date, bool) {
	if c.Type == sheet.Day && len(c.Text) >= len(time.DateOnly) {
		d, err := kernel.ParseDate(c.Text[:len(time.DateOnly)])
		return d, err == nil
	}
	return sheet.ParseDay(c)
}

// whole writes a stored number with all its digits: 1.3812345678E10.
func whole(c sheet.Cell) string {
	if c.Type != sheet.Number || !strings.ContainsAny(c.Text, ".eE") {
		return c.Text
	}
	v, err := strconv.ParseFloat(c.Text, 64)
	if err != nil || v != math.Trunc(v) || math.Abs(v) >= 1e18 {
		return c.Text
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// lostDigits: a number of more than 15 digits is not what was typed, nor is a
// text that shows fewer digits than the number has.
func lostDigits(c sheet.Cell, text string) bool {
	if c.Type == sheet.Number {
		return len(strings.TrimLeft(text, "0-")) > exactDigits || strings.ContainsAny(text, ".E")
	}
	m := scientific.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	exponent, err := strconv.Atoi(m[3])
	return err == nil && exponent > len(m[2])
}

// flaw makes the problem of a cell. The message repeats what stood there,
// unless it may be an identity number.
func flaw(column, code string, c sheet.Cell) Problem {
	if code == codeTooLong {
		return Because(column, code, "limit", strconv.Itoa(longestText))
	}
	value, digits := []rune(sheet.Tidy(c.Text)), 0
	for _, r := range value {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	if digits >= exactDigits || code == codeLostDigits {
		return Because(column, code, "value", "***")
	}
	return Because(column, code, "value", string(value[:min(len(value), shownInFault)]))
}
