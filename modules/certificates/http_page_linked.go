package certificates

import (
	"context"

	"carecert/modules/certificates/credential"
	"carecert/modules/certificates/verify"
	"carecert/modules/kit/web"
)

// linked is the certificate in schema.org's words, for search engines and
// readers of résumés: what the page shows, and no more.
type linked struct {
	Context   string       `json:"@context"`
	Type      string       `json:"@type"`
	ID        string       `json:"@id"`
	URL       string       `json:"url"`
	Name      string       `json:"name"`
	Category  string       `json:"credentialCategory"`
	Number    string       `json:"identifier"`
	Level     string       `json:"educationalLevel,omitempty"`
	Published string       `json:"datePublished"`
	Expires   string       `json:"expires,omitempty"`
	Status    string       `json:"creativeWorkStatus"`
	Issuer    linkedThing  `json:"recognizedBy"`
	Holder    linkedThing  `json:"about"`
	Language  string       `json:"inLanguage"`
	Encoding  []linkedFile `json:"encoding,omitempty"`
}

type linkedThing struct {
	Type string `json:"@type"`
	Name string `json:"name"`
}

type linkedFile struct {
	Type   string `json:"@type"`
	URL    string `json:"contentUrl"`
	Format string `json:"encodingFormat"`
}

// link says a card so, in the words of the page: category, level and verdict.
func (s *Service) link(ctx context.Context, c Card, verdict verify.Verdict, word string) linked {
	category, level, language := web.Text(ctx, "certificates.print.title."+string(c.Family)), "", web.Language(ctx)
	if c.Level.Valid() {
		level = web.Text(ctx, levelKey(int(c.Level)))
	}
	page, at := s.baseURL+"/v/"+c.Code, s.site().Credential(c.Code)
	l := linked{
		Context: "https://schema.org", Type: "EducationalOccupationalCredential", ID: page, URL: page, Name: c.Title, Category: category, Number: c.Number,
		Level: level, Published: string(c.IssuedOn), Expires: string(c.ExpiresOn), Status: word, Language: language,
		Issuer: linkedThing{"Organization", c.IssuerName}, Holder: linkedThing{"Person", c.NameMasked},
	}
	if l.Name == "" {
		l.Name = category
	}
	if verdict != verify.Revoked && verdict != verify.Superseded { // nobody should hand on what no longer stands
		l.Encoding = []linkedFile{{"MediaObject", at, credential.TypeJSON}, {"MediaObject", at + ".jwt", credential.TypeJWT}}
	}
	return l
}
