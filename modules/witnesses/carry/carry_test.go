package carry_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/witnesses/carry"
	"carecert/modules/witnesses/wire"
)

func TestAddressesOfBureaus(t *testing.T) {
	for address, allowed := range map[string]bool{
		"https://cert.example.cn/api/v1/public/witness": true, "https://10.20.1.4/w": true, "https://cert.example.cn": true,
		"http://cert.example.cn/w": false, "https://127.0.0.1/w": false, "https://[::1]/w": false, "https://169.254.169.254/latest": false,
		"https://[::ffff:127.0.0.1]/w": false, "https://0.0.0.0/w": false, "https://user:pass@cert.example.cn/w": false, "https://cert.example.cn/w?x=1": false,
		"https://cert.example.cn/w#x": false, "https://cert.example.cn/w/": false, "ftp://cert.example.cn": false, "cert.example.cn": false, "": false,
	} {
		if got := carry.NewBureau(false).Allows(address); got != allowed {
			t.Errorf("%q: %v", address, got)
		}
	}
}

// TestNamesThatLeadHome: a name is looked at once more when it has become an
// address.
func TestNamesThatLeadHome(t *testing.T) {
	asked := false
	server := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = true }))
	defer server.Close()
	_, port, _ := net.SplitHostPort(server.Listener.Addr().String())
	if _, err := carry.NewBureau(false).Ask(t.Context(), "https://localhost:"+port, wire.Request{}); err == nil || asked {
		t.Errorf("this machine was asked: %v", err)
	}
}

func TestAnswersOfBureaus(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		status int
		held   int64
		fails  bool
	}{
		{"a countersignature", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "— w AAAA\n") }, 200, 0, false},
		{"a size", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, "12\n")
		}, 409, 12, false},
		{"no size", func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusConflict)
			fmt.Fprint(w, "<html>")
		}, 0, 0, true},
		{"a redirection is not followed", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) }, 302, 0, false},
		{"more than anybody needs is cut", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat("x", 1<<20)) }, 200, 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			paths := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if paths++; r.URL.Path != "/w/add-checkpoint" {
					t.Errorf("asked at %s", r.URL.Path)
				}
				c.answer(w, r)
			}))
			defer server.Close()
			a, err := carry.NewBureau(true).Ask(t.Context(), server.URL+"/w", wire.Request{})
			if (err != nil) != c.fails || a.Status != c.status || a.Held != c.held || len(a.Lines) > 16<<10 || paths != 1 {
				t.Errorf("%+v %v, asked %d times", a, err, paths)
			}
		})
	}
}

func TestFolders(t *testing.T) {
	dir := t.TempDir()
	k := carry.FolderKeeper{Dir: dir}
	p := carry.Parcel{Witness: "w1", Size: 42, Key: "ROOT", File: []byte(`{"rootHash":"ROOT"}`)}
	for range 2 { // once more is no error
		if err := k.Keep(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "w1", "carecert-head-000000000042.json")
	if raw, err := os.ReadFile(path); err != nil || string(raw) != string(p.File) {
		t.Errorf("%s %v", raw, err)
	}
	if all, err := os.ReadDir(filepath.Dir(path)); err != nil || len(all) != 1 {
		t.Errorf("%v %v", all, err)
	}
	p.Key, p.File = "OTHER", []byte(`{"rootHash":"OTHER"}`)
	if err := k.Keep(t.Context(), p); !errors.Is(err, carry.ErrDiffers) {
		t.Errorf("another head of the size: %v", err)
	}
	if raw, _ := os.ReadFile(path); !strings.Contains(string(raw), "ROOT") {
		t.Error("the kept head was overwritten")
	}
	if err := (carry.FolderKeeper{Dir: filepath.Join(dir, "unmounted")}).Keep(t.Context(), p); err == nil {
		t.Error("a medium that is not there takes files")
	}
}

// server is a mail server that takes one mail.
func mailServer(t *testing.T, tlsConfig *tls.Config, offersTLS bool) (addr string, got chan string) {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	got = make(chan string, 1)
	go func() {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		in := bufio.NewReader(conn)
		say := func(s string) { fmt.Fprint(conn, s+"\r\n") }
		say("220 mail")
		for {
			line, err := in.ReadString('\n')
			if err != nil {
				return
			}
			switch verb := strings.ToUpper(strings.Fields(line + " x")[0]); verb {
			case "EHLO":
				if offersTLS {
					say("250-mail\r\n250-STARTTLS")
				}
				say("250 AUTH PLAIN")
			case "STARTTLS":
				say("220 go")
				secure := tls.Server(conn, tlsConfig)
				conn, in = secure, bufio.NewReader(secure)
			case "AUTH":
				say("235 ok")
			case "DATA":
				say("354 go")
				var b strings.Builder
				for {
					l, err := in.ReadString('\n')
					if err != nil || l == ".\r\n" {
						break
					}
					b.WriteString(l)
				}
				got <- b.String()
				say("250 taken")
			case "QUIT":
				say("221 bye")
				return
			default:
				say("250 ok")
			}
		}
	}()
	return l.Addr().String(), got
}

func TestMail(t *testing.T) {
	web := httptest.NewTLSServer(http.NotFoundHandler()) // for its certificate
	defer web.Close()
	roots := &tls.Config{RootCAs: web.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs}
	clock := kernel.ClockFunc(func() time.Time { return time.Date(2026, 6, 18, 1, 0, 0, 0, time.UTC) })
	p := carry.Parcel{Witness: "w1", To: "keeper@example.cn", Size: 42, Key: "ROOT", File: []byte("{\"rootHash\":\"ROOT\"}\n"), Subject: "签发日志树头", Text: "请保存\n"}
	addr, got := mailServer(t, web.TLS, true)
	m := carry.Mailer{SMTP: carry.SMTP{Host: addr, User: "u", Password: "p", From: "log@example.cn", TLS: carry.StartTLS}, Clock: clock, Roots: roots}
	if err := m.Keep(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	message, err := mail.ReadMessage(strings.NewReader(<-got))
	if err != nil {
		t.Fatal(err)
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
	_, params, _ := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if subject != p.Subject || message.Header.Get("Message-Id") == "" {
		t.Errorf("%v", message.Header)
	}
	parts := multipart.NewReader(message.Body, params["boundary"])
	for _, want := range []string{p.Text, string(p.File)} {
		part, err := parts.NextPart()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, part))
		if err != nil || string(raw) != want {
			t.Errorf("%q %v", raw, err)
		}
	}
	// Nothing goes out in clear.
	addr, got = mailServer(t, nil, false)
	m.SMTP.Host = addr
	if err := m.Keep(t.Context(), p); err == nil || len(got) > 0 {
		t.Errorf("a server without TLS is trusted: %v", err)
	}
	p.To = "a@b.cn\r\nBcc: c@d.cn"
	if err := m.Keep(t.Context(), p); err == nil {
		t.Error("an address of two lines is taken")
	}
}
