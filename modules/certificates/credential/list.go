package credential

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"fmt"
	"time"
)

const purposeRevocation = "revocation"

// listBits is the least that a list may have, so that nobody is singled out
// (Bitstring Status List v1.0, 3.3).
const listBits = 131_072

type listCredential struct {
	Context []string    `json:"@context"`
	ID      string      `json:"id"`
	Type    []string    `json:"type"`
	Issuer  string      `json:"issuer"`
	From    string      `json:"validFrom"`
	Until   string      `json:"validUntil"`
	Subject listSubject `json:"credentialSubject"`
}

type listSubject struct {
	ID      string `json:"id"`
	Type    string `json:"type"`
	Purpose string `json:"statusPurpose"`
	Encoded string `json:"encodedList"`
}

// StatusList writes a list as a credential: the places are those that no longer
// stand, revoked and superseded ones alike, since neither comes back.
func (s Site) StatusList(id uint32, gone []uint32, from, until time.Time) ([]byte, error) {
	encoded, err := pack(gone)
	if err != nil {
		return nil, err
	}
	at := s.List(id)
	return write(listCredential{
		Context: []string{contextV2}, ID: at, Type: []string{typeVC, "BitstringStatusListCredential"}, Issuer: DID(s.Base),
		From: stamp(from), Until: stamp(until),
		Subject: listSubject{ID: at + "#list", Type: "BitstringStatusList", Purpose: purposeRevocation, Encoded: encoded},
	})
}

// pack is multibase base64url over GZIP, the first place in the highest bit.
func pack(gone []uint32) (string, error) {
	bits := make([]byte, listBits/8)
	for _, place := range gone {
		if place < listBits {
			bits[place/8] |= 0x80 >> (place % 8)
		}
	}
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return "", fmt.Errorf("credential: %w", err)
	}
	if _, err := w.Write(bits); err != nil {
		return "", fmt.Errorf("credential: %w", err)
	}
	if err := w.Close(); err != nil {
		return "", fmt.Errorf("credential: %w", err)
	}
	return "u" + base64.RawURLEncoding.EncodeToString(out.Bytes()), nil
}
