package imports

import (
	"archive/zip"
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store/storetest"
)

// damaged makes a file out of sound ones, always the same for a seed: random
// bytes; a sound file cut, altered or overwritten; a workbook altered inside
// its zip, so that the XML is what is damaged.
func damaged(random *rand.Rand, sound [][]byte) []byte {
	raw := bytes.Clone(sound[random.IntN(len(sound))])
	scribble := func(b []byte, times int) {
		for range times {
			if len(b) > 0 {
				b[random.IntN(len(b))] = byte(random.UintN(256))
			}
		}
	}
	switch random.IntN(6) {
	case 0:
		raw = raw[:random.IntN(len(raw))]
		scribble(raw, len(raw))
	case 1:
		raw = raw[:random.IntN(len(raw))]
	case 2:
		scribble(raw, 1+random.IntN(30))
	case 3:
		for k := 4 + random.IntN(40); k < len(raw); k++ {
			raw[k] = byte(random.UintN(256))
		}
	default:
		if inside, ok := rezipped(raw, func(part []byte) []byte {
			if random.IntN(3) > 0 {
				return part
			}
			switch random.IntN(3) {
			case 0:
				scribble(part, 1+random.IntN(8))
			case 1:
				part = part[:random.IntN(len(part)+1)]
			default: // a run of bytes moves
				if len(part) > 20 {
					from, to, n := random.IntN(len(part)-10), random.IntN(len(part)-10), 1+random.IntN(10)
					copy(part[to:to+n], bytes.Clone(part[from:from+n]))
				}
			}
			return part
		}); ok {
			raw = inside
		}
	}
	return raw
}

// rezipped packs a workbook anew with its parts changed.
func rezipped(raw []byte, change func([]byte) []byte) ([]byte, bool) {
	in, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, false
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range in.File {
		r, err := f.Open()
		if err != nil {
			return nil, false
		}
		part, err := io.ReadAll(r)
		if err != nil {
			return nil, false
		}
		to, err := w.Create(f.Name)
		if err != nil {
			return nil, false
		}
		if _, err := to.Write(change(part)); err != nil {
			return nil, false
		}
	}
	return out.Bytes(), w.Close() == nil
}

func sounds(t testing.TB) [][]byte {
	t.Helper()
	var all [][]byte
	for _, name := range []string{"roster-sample.xlsx", "roster-sample.csv", "certificates-sample.xlsx"} {
		all = append(all, sampleOf(t, name))
	}
	return append(all, many(300))
}

// survive imports a file: rows or a refusal with its cause, and after a
// refusal nothing of it is there.
func survive(t *testing.T, r rig, name any, raw []byte) {
	t.Helper()
	before := len(r.register.names(t))
	report, err := r.Run(r.ctx, r.request(raw, false))
	if err != nil {
		if _, refused := fault.From(err); !refused {
			t.Fatalf("file %v: %v is no refusal", name, err)
		}
		report.Counts = Counts{}
	} else if report.Status == Failed && report.Failure == nil {
		t.Fatalf("file %v failed without a cause", name)
	}
	if report.Status == Done && report.Counts.Done() != report.Total {
		t.Fatalf("file %v: %d of %d rows judged", name, report.Counts.Done(), report.Total)
	}
	if after := len(r.register.names(t)); after != before+report.Counts.Created {
		t.Fatalf("file %v (%s): %d people before, %d after, %d said to be new", name, report.Status, before, after, report.Counts.Created)
	}
}

func TestAThousandDamagedFiles(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	all := sounds(t)
	all = append(all, everyDefect(t))
	for seed := range uint64(1000) {
		survive(t, r, seed, damaged(rand.New(rand.NewPCG(seed, 5)), all))
	}
}

// FuzzTable: whatever the bytes, they are read into rows or refused. Nothing
// is stored, so that the fuzzer gets through many.
func FuzzTable(f *testing.F) {
	for _, raw := range sounds(f) {
		f.Add(raw)
	}
	i := &register{}
	words := testWords(f)
	vocabulary, err := words.vocabulary(i)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		book, err := sheet.Open(bytes.NewReader(raw), int64(len(raw)))
		var table *sheet.Table
		if err == nil {
			table, err = sheet.Find(book, vocabulary)
		}
		if err == nil {
			err = newBatches(i, words, table).each(func(batch) error { return nil })
		}
		if _, refused := fault.From(err); err != nil && !refused {
			t.Fatalf("%v is no refusal", err)
		}
	})
}
