package demo

import (
	"context"
	"fmt"
	"net/url"
)

// platforms gives a talent platform a key, by which it has verified the newest
// certificates, and takes another's back.
func (l *loader) platforms(ctx context.Context) error {
	var made struct {
		PlatformKey struct{ ID string }
		Key         string
	}
	if err := l.post(ctx, "/platform-keys", map[string]any{"name": "长三角养老人才服务平台（示例）", "contact": "平台运营 许工"}, &made); err != nil {
		return err
	}
	var newest struct {
		Items []struct{ QRText string }
	}
	if err := l.get(ctx, "/certificates?limit=50", &newest); err != nil {
		return err
	}
	texts := []string{}
	for _, c := range newest.Items {
		if c.QRText != "" {
			texts = append(texts, c.QRText)
		}
	}
	platform := client{do: l.do, token: made.Key}
	if err := platform.act(ctx, "/bulk-verifications", map[string]any{"qrTexts": texts}, nil); err != nil {
		return fmt.Errorf("as the platform: %w", err)
	}
	if err := l.post(ctx, "/platform-keys", map[string]any{"name": "家政招聘网（示例）"}, &made); err != nil {
		return err
	}
	return l.act(ctx, "/platform-keys/"+url.PathEscape(made.PlatformKey.ID)+"/revocation", map[string]any{"reason": "合作期满，未续签"}, nil)
}
