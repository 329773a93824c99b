package demo

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
)

// showing lets 王秀兰 share a certificate by a link that somebody opened.
func (l *loader) showing(ctx context.Context) error {
	var mine struct {
		Items []struct{ ID, QRText string }
	}
	var link struct{ URL string }
	if err := l.as(ctx, "met", func(c *client) error {
		if err := c.get(ctx, "/certificates?status=valid", &mine); err != nil {
			return err
		}
		for _, held := range mine.Items {
			if held.QRText != "" {
				return c.post(ctx, "/certificates/"+held.ID+"/links", map[string]any{"hours": 168, "label": "徐泾养老院面试", "asksName": true}, &link)
			}
		}
		return fmt.Errorf("demo: %s has no certificate to share", "王秀兰")
	}); err != nil {
		return err
	}
	address, err := url.Parse(link.URL)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	form := url.Values{"name": {"周主任"}, "office": {"徐泾养老院"}}
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, address.Path, strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := l.do(req)
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("demo: the link opens with %d", res.StatusCode)
	}
	return nil
}
