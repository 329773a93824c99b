package demo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"carecert/modules/spotchecks"
	"carecert/modules/spotchecks/rule"
)

// inspectorsPhone signs what its inspector found.
type inspectorsPhone struct{ key *ecdsa.PrivateKey }

func (p inspectorsPhone) sign(text string) (key, signature string, err error) {
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		return "", "", fmt.Errorf("demo: sign: %w", err)
	}
	point, err := p.key.PublicKey.Bytes()
	if err != nil {
		return "", "", fmt.Errorf("demo: public key: %w", err)
	}
	both := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return base64.RawURLEncoding.EncodeToString(point), base64.RawURLEncoding.EncodeToString(both), nil
}

// spotChecks shows an inspection on the spot at 徐泾镇养护院: 14 present, 9
// certified, 2 not on the books; and one that is prepared.
func (l *loader) spotChecks(ctx context.Context) error {
	if err := l.signedIn(ctx, "qingpu", func(c *client) error {
		if err := c.post(ctx, "/spot-checks", map[string]any{"organizationId": l.orgs["dianshanhu"]}, nil); err != nil {
			return err
		}
		return l.inspect(ctx, c, l.orgs["xujing"])
	}); err != nil {
		return err
	}
	return l.signedIn(ctx, "xujing", func(c *client) error {
		var sent struct{ Items []struct{ ID string } }
		if err := c.get(ctx, "/spot-checks", &sent); err != nil {
			return err
		}
		answer := map[string]any{"text": "小赵是家属请的钟点工，当天在三楼陪护；冯丽是仁泽派来交流的，补派遣手续。"}
		return c.act(ctx, "/spot-checks/"+sent.Items[0].ID+"/answer", answer, nil)
	})
}

func (l *loader) inspect(ctx context.Context, c *client, home string) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("demo: key: %w", err)
	}
	phone := inspectorsPhone{key}
	var made struct {
		ID, PackHash string
		PreparedAt   time.Time
	}
	if err := c.post(ctx, "/spot-checks", map[string]any{"organizationId": home}, &made); err != nil {
		return err
	}
	public, signature, err := phone.sign("carecert spot check pack 1\n" + made.ID)
	if err != nil {
		return err
	}
	var given struct{ Pack string }
	proof := map[string]any{"key": public, "signature": signature, "label": "HUAWEI Mate 60 · Chrome", "phoneAt": made.PreparedAt}
	if err := c.send(ctx, call{method: "PUT", path: "/spot-checks/" + made.ID + "/pack", body: proof, want: 200}, &given); err != nil {
		return err
	}
	var pack spotchecks.Pack
	if err := json.Unmarshal([]byte(given.Pack), &pack); err != nil {
		return fmt.Errorf("demo: roster: %w", err)
	}
	entries, err := l.met(ctx, pack)
	if err != nil {
		return err
	}
	signed := spotchecks.Signed{Format: spotchecks.Format, Check: made.ID, PackHash: made.PackHash}
	counted := make([]rule.Entry, 0, len(entries))
	at := made.PreparedAt
	for _, e := range entries {
		at = at.Add(time.Second)
		e.At = at
		signed.Entries, counted = append(signed.Entries, e), append(counted, e.Entry)
	}
	signed.Counts, signed.SignedAt = pack.Roster().Count(counted), at.Add(time.Second)
	raw, err := json.Marshal(signed)
	if err != nil {
		return fmt.Errorf("demo: result: %w", err)
	}
	if _, signature, err = phone.sign(spotchecks.Format + "\n" + string(raw)); err != nil {
		return err
	}
	return c.put(ctx, "/spot-checks/"+made.ID+"/result", map[string]any{"result": string(raw), "signature": signature, "phoneAt": made.PreparedAt})
}

// met are nine of the roster who are held certified and three who are not, by
// their codes where they have one; 冯丽 of another home with a certificate that
// was replaced; a forged code; and somebody without any.
func (l *loader) met(ctx context.Context, pack spotchecks.Pack) ([]spotchecks.Entry, error) {
	var out []spotchecks.Entry
	certified, others := 9, 3
	first := func(name string) bool { return name == "赵美英" || name == "林巧云" }
	for _, named := range []bool{true, false} {
		for _, m := range pack.Members {
			left := &others
			if m.Certified {
				left = &certified
			}
			if !m.Counted || first(m.Name) != named || *left == 0 {
				continue
			}
			*left--
			e := spotchecks.Entry{Entry: rule.Entry{How: rule.Tapped, Person: m.Person}}
			if len(m.Codes) > 0 {
				text, err := l.codeOf(ctx, string(m.Person), "valid")
				if err != nil {
					return nil, err
				}
				if text != "" {
					e = scanned(text, rule.Genuine)
				}
			}
			out = append(out, e)
		}
	}
	stranger, err := l.codeOf(ctx, l.people["superseded"], "superseded")
	if err != nil {
		return nil, err
	}
	return append(
		out, scanned(stranger, rule.Superseded), scanned(stranger[:len(stranger)-3]+"AAA", rule.Forged),
		spotchecks.Entry{Entry: rule.Entry{How: rule.Added, Called: "小赵"}, Remark: "三楼陪护，说是家属请的，没有证书"},
	), nil
}

func scanned(text, verdict string) spotchecks.Entry {
	e := spotchecks.Entry{Entry: rule.Entry{How: rule.Scanned, Text: text, Verdict: verdict}, Showing: "static"}
	if verdict != rule.Forged {
		_, tail, _ := strings.Cut(text, "/V/")
		e.Code, _, _ = strings.Cut(tail, "#")
	}
	return e
}

// codeOf is the QR text of somebody's certificate of a status; "" for none.
func (l *loader) codeOf(ctx context.Context, person, status string) (string, error) {
	var held struct{ Items []struct{ QRText string } }
	if err := l.get(ctx, "/certificates?personId="+person+"&status="+status, &held); err != nil {
		return "", err
	}
	for _, c := range held.Items {
		if c.QRText != "" {
			return c.QRText, nil
		}
	}
	return "", nil
}
