package demo

import "context"

// witnesses names two who keep heads of the issuance log: another platform,
// which this very program plays, and somebody who came for one.
func (l *loader) witnesses(ctx context.Context) error {
	var own struct{ Address, Verifier string }
	if err := l.get(ctx, "/public/witness", &own); err != nil {
		return err
	}
	var head struct{ Verifier string }
	if err := l.get(ctx, "/public/log/head", &head); err != nil {
		return err
	}
	var made struct{ ID string }
	if err := l.post(ctx, "/watched-logs", map[string]any{
		"name": "青浦区护理员证书平台（示例，本机）", "origin": "https://cert.qingpu.example.cn", "verifier": head.Verifier,
	}, &made); err != nil {
		return err
	}
	if err := l.post(ctx, "/log-witnesses", map[string]any{
		"name": "金山区护理员证书平台（示例，由本机代演）", "kind": "bureau", "address": own.Address, "verifier": own.Verifier,
	}, &made); err != nil {
		return err
	}
	if err := l.act(ctx, "/log-witnesses/"+made.ID+"/deliveries", nil, nil); err != nil {
		return err
	}
	if err := l.post(ctx, "/log-witnesses", map[string]any{"name": "养老服务行业协会（示例）", "kind": "hand"}, &made); err != nil {
		return err
	}
	return l.act(ctx, "/log-witnesses/"+made.ID+"/handover", nil, nil)
}
