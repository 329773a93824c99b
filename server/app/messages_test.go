package app_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
)

// messages reads the message files of a language: code → words.
func messages(t *testing.T, language string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(root, "policies/messages", language, "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no message files for %s: %v", language, err)
	}
	all := map[string]string{}
	for _, p := range paths {
		raw, err := os.ReadFile(p)
		if err != nil {
			t.Fatal(err)
		}
		words := map[string]string{}
		if err := yaml.Unmarshal(raw, &words); err != nil {
			t.Fatalf("%s: %v", p, err)
		}
		for code, text := range words {
			if _, twice := all[code]; twice {
				t.Errorf("%s stands in two files of %s", code, language)
			}
			if strings.TrimSpace(text) == "" {
				t.Errorf("%s has no words in %s", code, language)
			}
			all[code] = text
		}
	}
	return all
}

var placeholder = regexp.MustCompile(`\{([a-zA-Z]+)\}`)

func placeholders(text string) []string {
	var out []string
	for _, m := range placeholder.FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestMessagesInBothLanguages: the same codes with the same figures in them.
func TestMessagesInBothLanguages(t *testing.T) {
	zh, en := messages(t, "zh-CN"), messages(t, "en")
	for code, text := range zh {
		other, ok := en[code]
		if !ok {
			t.Errorf("%s has no English words", code)
			continue
		}
		if !slices.Equal(placeholders(text), placeholders(other)) {
			t.Errorf("%s names other figures in English: %v, %v", code, placeholders(text), placeholders(other))
		}
	}
	for code := range en {
		if _, ok := zh[code]; !ok {
			t.Errorf("%s has no Chinese words", code)
		}
	}
}

var uttered = []*regexp.Regexp{
	regexp.MustCompile(`fault\.New\(fault\.\w+, "([^"]+)"`),
	regexp.MustCompile(`kernel\.Because\("([^"]+)"`),
	regexp.MustCompile(`\.At\("[^"]+", "([^"]+)"`),
	regexp.MustCompile(`web\.Text\(ctx, "([^"]+)"[,)]`),
}

// TestMessagesForEveryCode: whatever the program can say has words.
func TestMessagesForEveryCode(t *testing.T) {
	zh := messages(t, "zh-CN")
	for _, file := range files(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, say := range uttered {
			for _, m := range say.FindAllStringSubmatch(string(source), -1) {
				if _, ok := zh[m[1]]; !ok {
					t.Errorf("%s says %q, which has no words", file, m[1])
				}
			}
		}
	}
}

// grammars read dates and times as people write them.
var grammars = []string{"modules/kit/sheet/clock.go", "modules/kit/sheet/date_chinese.go"}

// TestImportMessagesAreSentences: they stand under each other in one table, so
// all of them end alike.
func TestImportMessagesAreSentences(t *testing.T) {
	for language, stop := range map[string]string{"zh-CN": "。", "en": "."} {
		for code, text := range messages(t, language) {
			if strings.HasPrefix(code, "imports.") && !strings.HasPrefix(code, "imports.workbook.") && !strings.HasSuffix(text, stop) {
				t.Errorf("%s in %s ends without %s: %s", code, language, stop, text)
			}
		}
	}
}

// TestMessagesLiveInFiles: no word for people stands in Go code (the demo
// data and the test data are data).
func TestMessagesLiveInFiles(t *testing.T) {
	literal := regexp.MustCompile("\"[^\"\n]*\\p{Han}[^\"\n]*\"|`[^`]*\\p{Han}[^`]*`")
	for _, file := range files(t) {
		if strings.HasSuffix(file, "_test.go") || strings.HasPrefix(file, "server/demo/") || strings.HasPrefix(file, "scripts/") || slices.Contains(grammars, file) {
			continue
		}
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range strings.Split(string(source), "\n") {
			code, _, _ := strings.Cut(line, "//")
			if strings.HasPrefix(code, "const clause = ") { // the name of a document, the same in every language
				continue
			}
			if m := literal.FindString(code); m != "" {
				t.Errorf("%s has words for people in code: %s", file, m)
			}
		}
	}
}
