package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
	"runtime"
	"strings"

	"github.com/alexedwards/argon2id"
)

// newToken draws 256 bits; only its hash is stored.
func newToken() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails (crypto/rand)
	return base64.RawURLEncoding.EncodeToString(b[:])
}

func hashToken(t string) string {
	sum := sha256.Sum256([]byte(t))
	return hex.EncodeToString(sum[:])
}

// hasher hashes passwords; the weights are OWASP's for Argon2id. Each takes
// 19 MiB and tens of milliseconds, so only so many run at once.
type hasher struct {
	params *argon2id.Params
	nobody Password // compared with when there is no such user: the same time
	seats  chan struct{}
}

func newHasher() (*hasher, error) {
	h := &hasher{
		params: &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32},
		seats:  make(chan struct{}, max(2, runtime.GOMAXPROCS(0))),
	}
	nobody, err := argon2id.CreateHash(newToken(), h.params)
	h.nobody = Password(nobody)
	return h, err
}

func (h *hasher) sit(ctx context.Context) (leave func(), err error) {
	select {
	case h.seats <- struct{}{}:
		return func() { <-h.seats }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (h *hasher) hash(ctx context.Context, plain string) (Password, error) {
	leave, err := h.sit(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	p, err := argon2id.CreateHash(plain, h.params)
	return Password(p), err
}

func (h *hasher) matches(ctx context.Context, plain string, p Password) (bool, error) {
	leave, err := h.sit(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	if p == "" {
		p = h.nobody
	}
	ok, err := argon2id.ComparePasswordAndHash(plain, string(p))
	return ok && p != h.nobody, err
}

// codeLetters leaves out what is read wrong on paper: 0 O 1 I L U.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode draws a code of three groups of four letters: about 58 bits.
func newCode() string {
	return draw(codeLetters, 4) + "-" + draw(codeLetters, 4) + "-" + draw(codeLetters, 4)
}

func draw(letters string, n int) string {
	var b strings.Builder
	for range n {
		i, _ := rand.Int(rand.Reader, big.NewInt(int64(len(letters)))) // never fails (crypto/rand)
		b.WriteByte(letters[i.Int64()])
	}
	return b.String()
}

// normalCode forgives case, blanks and dashes.
func normalCode(c string) string {
	return strings.NewReplacer(" ", "", "-", "").Replace(strings.ToUpper(c))
}
