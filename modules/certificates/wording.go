package certificates

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"carecert/modules/certificates/layout"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// errWordingAltered: the words that a certificate is printed with are not those
// it was issued with. Nothing is printed then.
var errWordingAltered = errors.New("certificates: the words are not those it was issued with")

// Wording is what message files add to what is printed: dates, levels, kinds of
// documents, titles; text by language and code. It is kept under its hash, so
// that what was issued reads the same after a message file has changed.
type Wording map[string]map[string]string

const (
	wordDate    = "date"
	wordOutcome = "outcome"
	wordIDType  = "idType."
	wordLevel   = "level."
	wordTitle   = "title."
)

func wordsPrinted() []string {
	all := []string{wordDate, wordOutcome}
	for _, t := range []string{"residentId", "hmtResidence", "hmtPass", "passport", "foreignPermanent"} {
		all = append(all, wordIDType+t)
	}
	for level := kernel.SkillLevel(1); level.Valid(); level++ {
		all = append(all, wordLevel+strconv.Itoa(int(level)))
	}
	for _, f := range []Family{
		FamilyTraining, FamilyInServiceYear, FamilyContest, FamilyHonour, FamilySkillLevel, FamilyQualification, FamilyCivilService,
	} {
		all = append(all, wordTitle+string(f))
	}
	return all
}

// wordingOf takes the words out of the message files of today.
func wordingOf(words *web.Words) Wording {
	w := Wording{}
	for _, language := range []string{layout.Chinese, layout.English} {
		w[language] = map[string]string{}
		for _, code := range wordsPrinted() {
			w[language][code] = words.Text(language, "certificates.print."+code, nil)
		}
	}
	return w
}

// hash names it.
func (w Wording) hash() (string, error) {
	raw, err := json.Marshal(w) // keys in order
	if err != nil {
		return "", fmt.Errorf("wording: %w", err)
	}
	sum := sha256.Sum256(append([]byte("carecert/wording/v1\n"), raw...))
	return hex.EncodeToString(sum[:]), nil
}

// say gives a word in a language; the code itself where there is none.
func (w Wording) say(language, code string) string {
	if text, known := w[language][code]; known {
		return text
	}
	return code
}

// date writes a day out.
func (w Wording) date(language string, d kernel.Date) string {
	return strings.NewReplacer(
		"{year}", strconv.Itoa(d.Year()), "{month}", strconv.Itoa(int(d.Month())), "{day}", strings.TrimPrefix(string(d[8:]), "0"),
	).Replace(w.say(language, wordDate))
}

// wordingDoc is a wording that certificates were issued with, by its hash; or
// under wordingFirst, which one the certificates have that name none.
type wordingDoc struct {
	store.Doc `bson:",inline"`
	Words     Wording `bson:"words,omitempty"`
	Hash      string  `bson:"hash,omitempty"`
}

const wordingFirst = "first"

// keepWording keeps the words of today for what is issued from now on, and for
// what was issued before words were kept: those had been printed with them.
func (s *Service) keepWording(ctx context.Context) error {
	today := wordingOf(s.words)
	hash, err := today.hash()
	if err != nil {
		return err
	}
	for _, d := range []wordingDoc{{Doc: store.Doc{ID: hash}, Words: today}, {Doc: store.Doc{ID: wordingFirst}, Hash: hash}} {
		_, err := s.repo.wordings.Get(ctx, d.ID)
		if errors.Is(err, store.ErrNotFound) {
			if err = s.repo.wordings.Insert(ctx, d); errors.As(err, new(*store.DuplicateError)) { // another instance was faster
				err = nil
			}
		}
		if err != nil {
			return fmt.Errorf("wording: %w", err)
		}
	}
	s.wording = hash
	return nil
}

// wordingFor are the words that a certificate was issued with.
func (s *Service) wordingFor(ctx context.Context, c Certificate) (Wording, error) {
	hash := c.Wording
	if hash == "" {
		first, err := s.repo.wordings.Get(ctx, wordingFirst)
		if err != nil {
			return nil, fmt.Errorf("wording of %s: %w", c.ID, err)
		}
		hash = first.Hash
	}
	if kept, known := s.wordings.Load(hash); known {
		if w, is := kept.(Wording); is {
			return w, nil
		}
	}
	d, err := s.repo.wordings.Get(ctx, hash)
	if err != nil {
		return nil, fmt.Errorf("wording of %s: %w", c.ID, err)
	}
	if is, err := d.Words.hash(); err != nil || is != hash {
		return nil, fmt.Errorf("%w: %s %s", errors.Join(errWordingAltered, err), hash, is)
	}
	s.wordings.Store(hash, d.Words)
	return d.Words, nil
}
