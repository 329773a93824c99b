package app

import (
	"sync"

	"carecert/modules/kit/access"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/web"
	"carecert/policies"
)

// What the program is given with its binary: rules, words, who may do what, how
// characters are read. It does not change while a process runs, and takes longer
// to read than all the rest of opening the program: it is read once, however
// often the program is opened, as tests do hundreds of times.
//
//nolint:gochecknoglobals // read once and never written to
var (
	givenRules   = sync.OnceValues(func() (rules, error) { return loadRules(policies.Files) })
	givenPolicy  = sync.OnceValues(func() (*access.Policy, error) { return access.Load(policies.Files) })
	givenWords   = sync.OnceValues(func() (*web.Words, error) { return web.LoadWords(policies.Files) })
	givenSpeller = sync.OnceValues(func() (*pinyin.Speller, error) {
		r, err := givenRules()
		return pinyin.New(r.readings), err
	})
)
