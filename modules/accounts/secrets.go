package accounts

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"math/big"
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

// hasher hashes passwords; the weights are OWASP's for Argon2id.
type hasher struct {
	params *argon2id.Params
	nobody string // compared with when there is no such user: the same time
}

func newHasher() (*hasher, error) {
	h := &hasher{params: &argon2id.Params{Memory: 19 * 1024, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}}
	var err error
	h.nobody, err = h.hash(newToken())
	return h, err
}

func (h *hasher) hash(password string) (string, error) {
	return argon2id.CreateHash(password, h.params)
}

func (h *hasher) matches(password, hash string) bool {
	if hash == "" {
		hash = h.nobody
	}
	ok, err := argon2id.ComparePasswordAndHash(password, hash)
	return ok && err == nil && hash != h.nobody
}

// codeLetters leaves out what is read wrong on paper: 0 O 1 I L U.
const codeLetters = "23456789ABCDEFGHJKMNPQRSTVWXYZ"

// newCode draws a code of 12 letters, about 58 bits.
func newCode() string { return draw(codeLetters, 12) }

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
	return strings.NewReplacer(" ", "", "-", "", "O", "0").Replace(strings.ToUpper(c))
}
