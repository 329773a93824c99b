package web

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"golang.org/x/text/language"
	"gopkg.in/yaml.v3"

	"carecert/modules/kernel"
)

// The languages, the first being the default.
const (
	Chinese = "zh-CN"
	English = "en"
)

// Words holds what the program says: code → text, per language.
type Words struct{ texts map[string]map[string]string }

// LoadWords reads messages/<language>/*.yaml.
func LoadWords(files fs.FS) (*Words, error) {
	w := &Words{texts: map[string]map[string]string{}}
	for _, language := range []string{Chinese, English} {
		w.texts[language] = map[string]string{}
		paths, err := fs.Glob(files, path.Join("messages", language, "*.yaml"))
		if err != nil {
			return nil, fmt.Errorf("messages: %w", err)
		}
		for _, p := range paths {
			raw, err := fs.ReadFile(files, p)
			if err != nil {
				return nil, fmt.Errorf("messages: %w", err)
			}
			var texts map[string]string
			if err := yaml.Unmarshal(raw, &texts); err != nil {
				return nil, fmt.Errorf("messages: %s: %w", p, err)
			}
			for code, text := range texts {
				w.texts[language][code] = strings.TrimSpace(text)
			}
		}
	}
	return w, nil
}

// Text says a code in a language; a code without words says itself. A parameter
// whose value is a code too is said in words where the module has some:
// certificates.status.revoked for {status}.
func (w *Words) Text(language, code string, params map[string]string) string {
	text, ok := w.texts[language][code]
	if !ok {
		if text, ok = w.texts[Chinese][code]; !ok {
			return code
		}
	}
	if len(params) == 0 || !strings.Contains(text, "{") {
		return text
	}
	module, _, _ := strings.Cut(code, ".")
	pairs := make([]string, 0, 2*len(params))
	for k, v := range params {
		if named, ok := w.texts[language][module+"."+k+"."+v]; ok {
			v = named
		}
		pairs = append(pairs, "{"+k+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// longestHeader is how much of an Accept-Language header is worth reading.
const longestHeader = 256

// Negotiate picks the language of an Accept-Language header.
func Negotiate(header string) string {
	if header == "" || len(header) > longestHeader {
		return Chinese
	}
	tags, _, err := language.ParseAcceptLanguage(header) // by weight
	if err != nil {
		return Chinese
	}
	for _, tag := range tags {
		switch base, _ := tag.Base(); base.String() {
		case "zh", "mul":
			return Chinese
		case "en":
			return English
		}
	}
	return Chinese
}

type voice struct {
	words    *Words
	language string
}

type voiceKey struct{}

// WithVoice lets Text and Say speak a language under this context.
func WithVoice(ctx context.Context, w *Words, language string) context.Context {
	return context.WithValue(ctx, voiceKey{}, voice{w, language})
}

func voiceOf(ctx context.Context) voice {
	v, ok := ctx.Value(voiceKey{}).(voice)
	if !ok {
		return voice{&Words{}, Chinese}
	}
	return v
}

// Language of the request: "zh-CN" or "en".
func Language(ctx context.Context) string { return voiceOf(ctx).language }

// Text says a code in the request's language; params come in pairs.
func Text(ctx context.Context, code string, params ...string) string {
	figures := map[string]string{}
	for i := 0; i+1 < len(params); i += 2 {
		figures[params[i]] = params[i+1]
	}
	v := voiceOf(ctx)
	return v.words.Text(v.language, code, figures)
}

// In lets Text and Say speak a given language, whoever asks: for what is
// printed or kept.
func In(ctx context.Context, language string) context.Context {
	return WithVoice(ctx, voiceOf(ctx).words, language)
}

// TextIn says a code in a given language.
func TextIn(ctx context.Context, language, code string, params ...string) string {
	return Text(In(ctx, language), code, params...)
}

// Say fills the texts of reasons in the request's language.
func Say(ctx context.Context, reasons []kernel.Reason) {
	v := voiceOf(ctx)
	for i := range reasons {
		reasons[i].Text = v.words.Text(v.language, reasons[i].Code, reasons[i].Params)
	}
}
