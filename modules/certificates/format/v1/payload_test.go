package v1_test

import (
	"bytes"
	"errors"
	"os"
	"strings"
	"testing"

	qrcode "github.com/skip2/go-qrcode"
	"pgregory.net/rapid"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
)

// key of a seed that is the same byte throughout.
func key(seed byte) signature.Private {
	k, err := signature.ReadPrivate(signature.Ed25519, bytes.Repeat([]byte{seed}, 32))
	if err != nil {
		panic(err)
	}
	return k
}

const base = "https://cert.qingpu.example.gov.cn"

func facts() v1.Facts {
	code := []byte{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	return v1.Facts{
		Key: 1, Code: code, Family: 1, NameMasked: "王*兰", Issuer: "香格里拉培训学校", IssuedOn: v1.Days("2025-10-18"),
		Title: "压疮预防与体位护理", Minutes: 540, Identity: v1.IdentityHash(code, "310118198506150005"), Status: 123,
		Serial: 7, Sequence: 12,
	}
}

func sign(t testing.TB, f v1.Facts) string {
	t.Helper()
	text, err := v1.Sign(t.Context(), key(0), base, f)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestGolden(t *testing.T) {
	text := sign(t, facts())
	golden, err := os.ReadFile("testdata/v1.txt")
	if errors.Is(err, os.ErrNotExist) {
		t.Fatal("testdata/v1.txt is missing: a format that was issued must never change")
	}
	if got := strings.TrimSpace(string(golden)); got != text {
		t.Errorf("the format changed:\n got %s\nwant %s", text, got)
	}
}

func TestWhatWasSignedVerifies(t *testing.T) {
	text := sign(t, facts())
	for _, same := range []string{text, strings.Replace(text, strings.ToUpper(base), base, 1), strings.Replace(text, strings.ToUpper(base)+"/V/", base+"/v/", 1)} {
		p, err := v1.Parse(same)
		if err != nil {
			t.Fatalf("%s: %v", same, err)
		}
		if err := p.Verify(key(0).Public()); err != nil || p.Facts.NameMasked != "王*兰" || v1.Date(p.Facts.IssuedOn) != "2025-10-18" {
			t.Errorf("%+v, %v", p.Facts, err)
		}
	}
}

func TestNumbersReadAsIssuerYearAndCount(t *testing.T) {
	if got := facts().Number(); got != "0007-2025-00012" {
		t.Errorf("%s", got)
	}
	others := facts()
	others.Numbered = "S000031000012234000123"
	if got := others.Number(); got != others.Numbered {
		t.Errorf("%s", got)
	}
}

func TestAnotherShapeIsNotForged(t *testing.T) {
	for _, text := range []string{"hello", "https://example.com/", base + "/V/0123456789ABCDEF", "WIFI:S:home;;", "ftp://x/v/1#2", "7QK4M2XW9DHCT3VN"} {
		if _, err := v1.Parse(text); !errors.Is(err, v1.ErrShape) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// genuine tells whether a text verifies under the key.
func genuine(text string) bool {
	p, err := v1.Parse(text)
	return err == nil && p.Verify(key(0).Public()) == nil
}

func TestNothingElseVerifies(t *testing.T) {
	text := sign(t, facts())
	for i := range text { // every character, wrong and in the other case; every cut
		for _, c := range []string{"A", "B", "2", "7", "/", "#", "", " ", "%"} {
			if c == text[i:i+1] {
				continue
			}
			if mutant := text[:i] + c + text[i+1:]; genuine(mutant) {
				t.Errorf("verifies with %q at %d", c, i)
			}
		}
		if genuine(text[:i]) {
			t.Errorf("verifies cut at %d", i)
		}
	}
	for _, mutant := range []string{text + "A", text + " ", " " + text, text + "\n", strings.ToLower(text), text + "=", text + "#"} {
		if genuine(mutant) {
			t.Errorf("verifies: %q", mutant)
		}
	}
	other, err := v1.Sign(t.Context(), key('x'), base, facts())
	if err != nil || genuine(other) {
		t.Error("another key verifies")
	}
	elsewhere, err := v1.Sign(t.Context(), key(0), "https://cert.evil.example", facts())
	if err != nil || genuine(strings.Replace(elsewhere, "HTTPS://CERT.EVIL.EXAMPLE", strings.ToUpper(base), 1)) {
		t.Error("a payload of another address verifies")
	}
}

// A base with a path stands in the text as it is; letters that only turn into
// those of the base in upper case are of another host.
func TestLettersThatTurnIntoOthersAreOfAnotherHost(t *testing.T) {
	for _, base := range []string{"https://shiminzheng.example.cn/kaoshi", "https://shiminzheng.example.cn"} {
		text, err := v1.Sign(t.Context(), key(0), base, facts())
		if err != nil || !genuine(text) {
			t.Fatalf("%s: %v", text, err)
		}
		host, rest, _ := strings.Cut(text, "/V/")
		for _, twin := range []string{"i|ı", "I|ı", "i|İ", "s|ſ", "S|ſ", "k|\u212a", "K|\u212a", "ss|ß"} {
			letter, other, _ := strings.Cut(twin, "|")
			for _, typed := range []string{host, strings.ToLower(host)} {
				if mutant := strings.Replace(typed, letter, other, 1) + "/V/" + rest; mutant != typed+"/V/"+rest && genuine(mutant) {
					t.Errorf("verifies: %q", mutant)
				}
			}
		}
	}
}

// Some letters take more room in the other case: what is cut out of a text by
// places of another one is not there.
func TestTextsThatGrowInTheOtherCaseAreRead(t *testing.T) {
	for _, text := range []string{"http://Ⱥ/v/#", "http://ȺȺȺ/v/#", "http://İ/v/x#", "https://Ⱥ/V/" + strings.Repeat("Ⱥ", 40) + "#A", "http://\xff\xfe/v/#A"} {
		if _, err := v1.Parse(text); !errors.Is(err, v1.ErrForged) {
			t.Errorf("%q: %v", text, err)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		_, _ = v1.Parse("http" + rapid.StringOf(rapid.SampledFrom([]rune("s:/vV#ȺİßKı\uffff2A"))).Draw(t, "text"))
	})
}

func TestMutationsNeverVerify(t *testing.T) {
	text := sign(t, facts())
	rapid.Check(t, func(t *rapid.T) {
		b := []byte(text)
		for range rapid.IntRange(1, 4).Draw(t, "changes") {
			i := rapid.IntRange(0, len(b)-1).Draw(t, "at")
			switch rapid.IntRange(0, 2).Draw(t, "kind") {
			case 0:
				b[i] = rapid.Byte().Draw(t, "byte")
			case 1:
				b = append(b[:i], b[i+1:]...)
			default:
				b = append(b[:i], append([]byte{rapid.Byte().Draw(t, "more")}, b[i:]...)...)
			}
			if len(b) == 0 {
				return
			}
		}
		if mutant := string(b); mutant != text && genuine(mutant) {
			t.Fatalf("verifies: %q", mutant)
		}
	})
}

// The longest realistic certificate still fits version 11 at level M.
func TestQRStaysSmall(t *testing.T) {
	long := facts()
	long.NameMasked, long.Issuer, long.Title = "阿******提", "上海市青浦区养老服务公共实训基地培训学校有限公司", "《养老机构服务安全基本规范》《养老机构设施与服务要求》贯标培训"
	long.Level, long.ExpiresOn, long.Status, long.Minutes = 3, 4000, 4_000_000_000, 60_000
	long.Serial, long.Sequence = 9_999, 99_999
	numbered := facts()
	numbered.Numbered, numbered.Title, numbered.Minutes, numbered.Level = "S000031000012234000123", "", 0, 4
	numbered.Serial, numbered.Sequence = 0, 0
	for name, f := range map[string]v1.Facts{"long": long.Fitted(), "usual": facts().Fitted(), "numbered": numbered.Fitted()} {
		text := sign(t, f)
		q, err := qrcode.New(text, qrcode.Medium)
		if err != nil {
			t.Fatal(err)
		}
		if q.VersionNumber > 11 {
			t.Errorf("%s: version %d for %d characters", name, q.VersionNumber, len(text))
		}
	}
}

func TestFit(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{{"短", 3, "短"}, {"一二三四五", 12, "一二三…"}, {"abcdef", 6, "abcdef"}, {"abcdefg", 6, "abc…"}} {
		if got := v1.Fit(c.in, c.n); got != c.want {
			t.Errorf("%s in %d: %s, want %s", c.in, c.n, got, c.want)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	text := sign(b, facts())
	for b.Loop() {
		if _, err := v1.Parse(text); err != nil {
			b.Fatal(err)
		}
	}
}
