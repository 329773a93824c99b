package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
	"carecert/server/app"
)

// Each side gets so many turns of so many seconds, in alternation.
const (
	rounds  = 3
	seconds = "2s"
)

// publicPaths measures what scans of strangers cost, with wrk from another
// process, against bare Fiber handlers.
func publicPaths(ctx context.Context, engine string, a *app.App, s scene) ([]row, error) {
	ours, err := listen(ctx, a.Web.Fiber)
	if err != nil {
		return nil, err
	}
	body, err := fetch(ctx, ours+"/api/v1/public/certificates/"+s.codes[0])
	if err != nil {
		return nil, err
	}
	rawKeys, err := fetch(ctx, ours+"/api/v1/public/keys")
	if err != nil {
		return nil, err
	}
	keys, err := verify.ReadKeys(rawKeys)
	if err != nil {
		return nil, err
	}
	raw, err := base64.RawURLEncoding.DecodeString(keys.Keys[0].Public)
	if err != nil {
		return nil, err
	}
	public, err := signature.ReadPublic(signature.Ed25519, raw)
	if err != nil {
		return nil, err
	}
	bare, err := listen(ctx, bareApp(body, public))
	if err != nil {
		return nil, err
	}
	script, err := lua(s.texts)
	if err != nil {
		return nil, err
	}
	defer os.Remove(script)
	look, bareLook, err := versus(ctx, ours+"/api/v1/public/certificates/"+s.codes[0], bare+"/certificate", "")
	if err != nil {
		return nil, err
	}
	check, bareCheck, err := versus(ctx, ours+"/api/v1/public/verifications", bare+"/verification", script)
	if err != nil {
		return nil, err
	}
	per := func(n float64) string { return fmt.Sprintf("%.0f/s", n) }
	return []row{
		{engine: engine, what: "GET /public/certificates/{code}", ours: per(look), bare: per(bareLook), ratio: look / bareLook, atLeast: 0.5},
		{engine: engine, what: "POST /public/verifications, unseen", ours: per(check), bare: per(bareCheck), ratio: check / bareCheck, atLeast: 0.7},
	}, nil
}

// bareApp is the least that answers the same: the bytes, and the bytes after
// the same Ed25519 check.
func bareApp(body []byte, key signature.Public) *fiber.App {
	f := fiber.New(fiber.Config{DisableStartupMessage: true})
	f.Get("/certificate", func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(body)
	})
	f.Post("/verification", func(c *fiber.Ctx) error {
		var in struct {
			QRText string `json:"qrText"`
		}
		if err := json.Unmarshal(c.Body(), &in); err != nil {
			return err
		}
		p, err := v1.Parse(in.QRText)
		if err != nil || p.Verify(key) != nil {
			return fiber.ErrBadRequest
		}
		c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
		return c.Send(body)
	})
	return f
}

func listen(ctx context.Context, f *fiber.App) (base string, err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	go func() { _ = f.Listener(l) }() // ends with the process
	return "http://" + l.Addr().String(), nil
}

func fetch(ctx context.Context, url string) ([]byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d %s", url, res.StatusCode, raw)
	}
	return raw, err
}

// lua writes a script that posts the texts one after the other.
func lua(texts []string) (string, error) {
	var b strings.Builder
	b.WriteString("wrk.method='POST'\nwrk.headers['Content-Type']='application/json'\nlocal t={\n")
	for _, t := range texts {
		fmt.Fprintf(&b, "%q,\n", t)
	}
	b.WriteString("}\nlocal i=0\nrequest=function()\n i=i%#t+1\n return wrk.format(nil,nil,nil,'{\"qrText\":\"'..t[i]..'\"}')\nend\n")
	path := filepath.Join(os.TempDir(), "carecert-bench-"+strconv.Itoa(os.Getpid())+".lua")
	return path, os.WriteFile(path, []byte(b.String()), 0o600)
}

// versus loads both in turns and gives the medians.
func versus(ctx context.Context, ours, bare, script string) (a, b float64, err error) {
	var one, other []float64
	for range rounds {
		n, err := wrk(ctx, ours, script)
		if err != nil {
			return 0, 0, err
		}
		m, err := wrk(ctx, bare, script)
		if err != nil {
			return 0, 0, err
		}
		one, other = append(one, n), append(other, m)
	}
	return median(one), median(other), nil
}

func wrk(ctx context.Context, url, script string) (float64, error) {
	args := []string{"-t1", "-c16", "-d" + seconds}
	if script != "" {
		args = append(args, "-s", script)
	}
	out, err := exec.CommandContext(ctx, "wrk", append(args, url)...).CombinedOutput()
	if err != nil {
		return 0, fmt.Errorf("wrk: %w: %s", err, out)
	}
	if strings.Contains(string(out), "Non-2xx") {
		return 0, fmt.Errorf("wrk: %s: %s", url, out)
	}
	_, rest, _ := strings.Cut(string(out), "Requests/sec:")
	time.Sleep(200 * time.Millisecond) // let the sockets settle between turns
	return strconv.ParseFloat(strings.Fields(rest)[0], 64)
}
