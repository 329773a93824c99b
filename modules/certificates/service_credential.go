package certificates

import (
	"context"

	"carecert/modules/certificates/credential"
	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// Secured is a credential as it is read, and as it is signed: the JWT's payload
// is the JSON, to the letter.
type Secured struct {
	JSON []byte
	JWT  string
}

// site is where credentials are published.
func (s *Service) site() credential.Site { return credential.Site{Base: s.baseURL, API: web.Prefix} }

// Credential says a certificate as an Open Badge. It is made anew each time, of
// what was frozen at issue, and comes out the same: the key that signed the QR
// code vouches for it, also once it has retired. ErrUnknown; ErrKeyLost where
// that key was in other hands on the day of issue, as in verify; ErrAltered
// where the record no longer says what was signed.
func (s *Service) Credential(ctx context.Context, code string) (Secured, error) {
	if _, err := s.look(ctx, s.now()); err != nil { // the keys may have changed
		return Secured{}, err
	}
	c, err := s.repo.byCode(ctx, readCode(code))
	if err != nil {
		return Secured{}, err
	}
	if s.differs(c) {
		s.log.ErrorContext(ctx, "certificate is not what was signed", "certificate", c.ID)
		return Secured{}, ErrAltered
	}
	signed, verdict, err := s.keychain.signature(c.QRText)
	if err != nil {
		return Secured{}, err
	}
	if verdict != verify.Genuine {
		return Secured{}, ErrKeyLost
	}
	row, ok := kernel.Nearest(s.badges, "", c.IssuedOn)
	if !ok {
		return Secured{}, ErrUnknown
	}
	payload, err := s.site().Badge(c.certified(signed), row)
	if err != nil {
		return Secured{}, err
	}
	return s.secure(ctx, payload, s.keychain.voucher(signed.Key))
}

// secure signs a credential under a key of ours.
func (s *Service) secure(ctx context.Context, payload []byte, key signer) (Secured, error) {
	jwt, err := credential.Secure(ctx, payload, credential.KeyID(s.baseURL, key.id), key)
	return Secured{payload, jwt}, err
}

// certified is what a credential certifies of a certificate.
func (c Certificate) certified(signed v1.Facts) credential.Facts {
	return credential.Facts{
		Family: string(c.Family), Title: c.Title, Number: c.Number, Code: c.Code, NameMasked: c.NameMasked, IssuerName: c.IssuerName,
		IssuedOn: c.IssuedOn, ExpiresOn: c.ExpiresOn, Level: c.Level, Minutes: c.Minutes, PerHour: c.PerHour,
		List: signed.Status / verify.ListSize, Place: signed.Status % verify.ListSize,
	}
}

// KeySet are the keys that verifiers elsewhere may trust, and Document says
// that they speak for this program.
func (s *Service) KeySet(ctx context.Context) ([]byte, error) {
	return s.published(ctx, credential.KeySet)
}

// Document is the program's DID document.
func (s *Service) Document(ctx context.Context) ([]byte, error) {
	return s.published(ctx, credential.Document)
}

func (s *Service) published(ctx context.Context, write func(string, []credential.Key) ([]byte, error)) ([]byte, error) {
	if _, err := s.look(ctx, s.now()); err != nil {
		return nil, err
	}
	var keys []credential.Key
	for _, k := range s.Keys().Keys {
		if k.Curve != string(signature.Ed25519) { // unknown to JOSE
			continue
		}
		keys = append(keys, credential.Key{ID: k.ID, X: k.Public, RevokedAt: k.CompromisedAt})
	}
	return write(s.baseURL, keys)
}

// StatusCredential is a status list as a credential; ErrStatusListGone.
func (s *Service) StatusCredential(ctx context.Context, id uint32) (Secured, error) {
	if _, err := s.StatusList(ctx, id); err != nil {
		return Secured{}, err
	}
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	x := s.lists.all[id]
	if x.secured != nil {
		return *x.secured, nil
	}
	payload, err := s.site().StatusList(id, x.gone, x.list.IssuedAt, x.list.ValidUntil)
	if err != nil {
		return Secured{}, err
	}
	out, err := s.secure(ctx, payload, s.keychain.voucher(x.list.Key))
	if err != nil {
		return Secured{}, err
	}
	x.secured = &out
	s.lists.all[id] = x
	return out, nil
}
