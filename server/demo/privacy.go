package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
)

// privacy lets most people consent to the privacy notice, most of them on
// paper, and a few characters say and ask what shows the edges: 林巧云 has not
// answered, 孙海燕 took her consent back, 冯丽's request waits, 陈志明's was rejected,
// 吴小红's was carried out.
func (l *loader) privacy(ctx context.Context) error {
	var notice struct{ Version string }
	if err := l.get(ctx, "/public/privacy-notice", &notice); err != nil {
		return err
	}
	if err := l.papers(ctx, notice.Version); err != nil {
		return err
	}
	for _, who := range []string{"met", "short", "moved"} {
		word := map[string]any{"version": notice.Version, "separate": true}
		if err := l.as(ctx, who, func(c *client) error { return c.post(ctx, "/people/"+l.people[who]+"/consents", word, nil) }); err != nil {
			return err
		}
	}
	if err := l.as(ctx, "moved", func(c *client) error {
		return c.act(ctx, "/people/"+l.people["moved"]+"/consents/withdrawal", map[string]any{"note": "换单位后不再使用"}, nil)
	}); err != nil {
		return err
	}
	return l.corrections(ctx)
}

// papers registers what was signed, home by home; one in eight has not signed.
func (l *loader) papers(ctx context.Context, version string) error {
	silent := []string{l.people["late"], l.people["met"], l.people["short"], l.people["moved"]}
	for _, p := range places() {
		var signed []string
		for i, id := range l.byHome[p.Key] {
			if i%8 != 3 && !slices.Contains(silent, id) {
				signed = append(signed, id)
			}
		}
		if len(signed) == 0 {
			continue
		}
		paper := map[string]any{"personIds": signed, "version": version, "separate": true, "signedOn": string(l.today.AddDays(-30)), "note": p.Name + "人事档案柜"}
		if err := l.act(ctx, "/people/consents", paper, nil); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) corrections(ctx context.Context) error {
	decide := func(who, by string, decision map[string]any) error {
		var open struct{ Items []struct{ ID string } }
		if err := l.get(ctx, "/people/"+l.people[who]+"/corrections", &open); err != nil {
			return err
		}
		path := "/people/" + l.people[who] + "/corrections/" + open.Items[0].ID + "/decision"
		return l.signedIn(ctx, by, func(c *client) error { return c.act(ctx, path, decision, nil) })
	}
	for _, r := range []struct {
		who  string
		body map[string]any
	}{
		{"superseded", map[string]any{"field": "name", "wanted": "冯莉", "reason": "身份证上是“莉”，不是“丽”"}},
		{"short", map[string]any{"field": "education", "wanted": "college", "reason": "去年已取得大专毕业证"}},
		{"unverified", map[string]any{"field": "phone", "wanted": "13916880066", "reason": "换了手机号"}},
		{"revoked", map[string]any{"field": "major", "wanted": "护理学", "reason": "登记时没有填"}},
		{"overlap", map[string]any{"field": "major", "wanted": "老年服务与管理", "reason": "毕业证上的专业"}},
	} {
		if err := l.as(ctx, r.who, func(c *client) error { return c.post(ctx, "/people/"+l.people[r.who]+"/corrections", r.body, nil) }); err != nil {
			return err
		}
	}
	if err := decide("revoked", "qingpu", map[string]any{"decision": "reject", "reason": "未能提供毕业证书，请携带原件到所在机构核对"}); err != nil {
		return err
	}
	return decide("overlap", "qingpu", map[string]any{"decision": "accept", "reason": "已核对毕业证书"})
}

// as acts as a character.
func (l *loader) as(ctx context.Context, who string, do func(*client) error) error {
	for _, c := range characters() {
		if c.Key == who {
			return l.signedIn(ctx, c.Login, do)
		}
	}
	return fmt.Errorf("no character %s", who)
}

// signedIn acts as a user, by a token that ends with it.
func (l *loader) signedIn(ctx context.Context, username string, do func(*client) error) (err error) {
	var session struct{ CSRFToken string }
	in := l.request(ctx, "/sessions", map[string]any{"username": username, "password": Password})
	res, err := l.answer(in, &session)
	if err != nil {
		return err
	}
	ask := l.request(ctx, "/tokens", map[string]any{"name": "demo", "expiresAt": l.today.AddDays(2).Start()})
	ask.Header.Set("X-CSRF-Token", session.CSRFToken)
	for _, c := range res.Cookies() {
		ask.AddCookie(c)
	}
	var token struct{ ID, Token string }
	if _, err := l.answer(ask, &token); err != nil {
		return err
	}
	c := &client{do: l.do, token: token.Token}
	if err := do(c); err != nil {
		return fmt.Errorf("as %s: %w", username, err)
	}
	return c.send(ctx, call{method: http.MethodDelete, path: "/tokens/" + token.ID, want: http.StatusNoContent}, nil)
}

func (l *loader) request(ctx context.Context, path string, body any) *http.Request {
	raw, _ := json.Marshal(body) // maps of texts and times: never refused
	r := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/v1"+path, bytes.NewReader(raw))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// answer makes a request that creates something and decodes what it created.
func (l *loader) answer(r *http.Request, out any) (*http.Response, error) {
	res, err := l.do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusCreated {
		return nil, fmt.Errorf("%s answered %d", r.URL.Path, res.StatusCode)
	}
	return res, json.NewDecoder(res.Body).Decode(out)
}
