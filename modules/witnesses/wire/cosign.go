package wire

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algorithm is that of countersignatures with a time (tlog-cosignature).
const algorithm = 4

// ErrKey: it is no public key of a witness, or of a log.
var ErrKey = errors.New("not a key")

// ErrCountersignature: no line of it is the witness's.
var ErrCountersignature = errors.New("not countersigned by this witness")

// Witness is a witness's name and public key.
type Witness struct {
	Name string
	key  ed25519.PublicKey
}

func keyHash(name string, key ed25519.PublicKey) uint32 {
	sum := sha256.Sum256(append([]byte(name+"\n"), append([]byte{algorithm}, key...)...))
	return binary.BigEndian.Uint32(sum[:4])
}

// ParseWitness reads a public key as String writes it; ErrKey.
func ParseWitness(verifier string) (Witness, error) {
	name, rest, _ := strings.Cut(verifier, "+")
	hash, encoded, _ := strings.Cut(rest, "+")
	id, err := strconv.ParseUint(hash, 16, 32)
	raw, rawErr := base64.StdEncoding.DecodeString(encoded)
	if err != nil || rawErr != nil || len(hash) != 8 || !goodName(name) || len(raw) != 1+ed25519.PublicKeySize || raw[0] != algorithm {
		return Witness{}, ErrKey
	}
	w := Witness{name, ed25519.PublicKey(raw[1:])}
	if keyHash(name, w.key) != uint32(id) {
		return Witness{}, ErrKey
	}
	return w, nil
}

// NewWitness names a witness by its private key; ErrKey.
func NewWitness(name string, private ed25519.PrivateKey) (Witness, error) {
	public, ok := private.Public().(ed25519.PublicKey)
	if !ok || !goodName(name) {
		return Witness{}, ErrKey
	}
	return Witness{name, public}, nil
}

// ParseLog reads a log's public key; ErrKey.
func ParseLog(verifier string) (note.Verifier, error) {
	v, err := note.NewVerifier(verifier)
	if err != nil {
		return nil, ErrKey
	}
	return v, nil
}

func goodName(name string) bool { return name != "" && !strings.ContainsAny(name, " \t\r\n+\u0000") }

// String writes name and key as notes know them.
func (w Witness) String() string {
	return fmt.Sprintf("%s+%08x+%s", w.Name, keyHash(w.Name, w.key), base64.StdEncoding.EncodeToString(append([]byte{algorithm}, w.key...)))
}

// signedAt is what a witness signs of a head.
func signedAt(text string, at int64) []byte {
	return fmt.Appendf(nil, "cosignature/v1\ntime %d\n%s", at, text)
}

// Countersign gives a witness's line under a head. Name must have neither
// blanks nor "+".
func Countersign(name string, private ed25519.PrivateKey, text string, at time.Time) (string, error) {
	w, err := NewWitness(name, private)
	if err != nil {
		return "", err
	}
	raw := binary.BigEndian.AppendUint32(nil, keyHash(name, w.key))
	raw = binary.BigEndian.AppendUint64(raw, uint64(at.Unix()))
	raw = append(raw, ed25519.Sign(private, signedAt(text, at.Unix()))...)
	return "— " + name + " " + base64.StdEncoding.EncodeToString(raw) + "\n", nil
}

// Check finds the witness's line among those it answered with, and when it was
// signed; ErrCountersignature.
func (w Witness) Check(text, lines string) (line string, at time.Time, err error) {
	const size = 4 + 8 + ed25519.SignatureSize
	for line := range strings.Lines(lines) {
		encoded, is := strings.CutPrefix(strings.TrimSuffix(line, "\n"), "— "+w.Name+" ")
		raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
		if !is || err != nil || len(raw) != size || binary.BigEndian.Uint32(raw) != keyHash(w.Name, w.key) {
			continue
		}
		at := binary.BigEndian.Uint64(raw[4:])
		if at < 1<<40 && ed25519.Verify(w.key, signedAt(text, int64(at)), raw[12:]) {
			return strings.TrimSuffix(line, "\n") + "\n", time.Unix(int64(at), 0).UTC(), nil
		}
	}
	return "", at, ErrCountersignature
}
