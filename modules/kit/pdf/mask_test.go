package pdf

import (
	"fmt"
	"slices"
	"testing"

	qrcode "github.com/skip2/go-qrcode"
)

// Every version, every mask: putting one on and taking it off gives the code as
// the encoder made it, and only what wears a mask has changed.
func TestMasksComeOffAsTheyWentOn(t *testing.T) {
	for version := 1; version <= 15; version++ {
		code, err := qrcode.NewWithForcedVersion("7QK4M2XW", version, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		code.DisableBorder = true
		m := code.Bitmap()
		level, worn := format(m)
		if level != 0 { // M
			t.Fatalf("version %d: level %d", version, level)
		}
		still := fixed(len(m))
		same := masked(m, still, level, worn, worn)
		for mask := range 8 {
			other := masked(m, still, level, worn, mask)
			if l, k := format(other); l != level || k != mask {
				t.Errorf("version %d, mask %d: reads %d %d", version, mask, l, k)
			}
			back := masked(other, still, level, mask, worn)
			if fmt.Sprint(back) != fmt.Sprint(m) || fmt.Sprint(same) != fmt.Sprint(m) {
				t.Errorf("version %d, mask %d does not come off", version, mask)
			}
		}
	}
}

func TestWhereAlignmentPatternsStand(t *testing.T) {
	for version, want := range map[int][]int{2: {6, 18}, 7: {6, 22, 38}, 9: {6, 26, 46}, 11: {6, 30, 54}, 14: {6, 26, 46, 66}} {
		if got := alignments(17 + 4*version); !slices.Equal(got, want) {
			t.Errorf("version %d: %v", version, got)
		}
	}
}

func BenchmarkUnmistakable(b *testing.B) {
	code, err := qrcode.New("HTTPS://CERT.QINGPU.EXAMPLE.GOV.CN/V/7QK4M2XW9DHCT3VN#AGVACAICJIAQEAYEAUDAOCAJBIBQCBDH46HIWKXFQWYAK6AY5GTJTZVAXTUYPDHGROE6LH5Z5CXK3ZNN", qrcode.Medium)
	if err != nil {
		b.Fatal(err)
	}
	code.DisableBorder = true
	m := code.Bitmap()
	for b.Loop() {
		unmistakable(m)
	}
}
