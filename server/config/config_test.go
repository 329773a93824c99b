package config_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/server/config"
)

func env(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

func TestDefaultsServeOnLoopbackFromOneFolder(t *testing.T) {
	c, err := config.Read(env(nil), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	for what, pair := range map[string][2]string{
		"address":  {c.Addr, "127.0.0.1:8080"},
		"base URL": {c.BaseURL, "http://127.0.0.1:8080"},
		"key file": {c.SecretKeyFile, filepath.Join("data", "secret.key")},
		"database": {c.DatabaseFile(), filepath.Join("data", "carecert.db")},
		"MongoDB":  {c.MongoURI, ""},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if c.TLS() || c.Test || c.Demo {
		t.Errorf("TLS, test or demo is on: %+v", c)
	}
}

func TestFlagsWinOverTheEnvironment(t *testing.T) {
	c, err := config.Read(env(map[string]string{"CARECERT_ADDR": ":1", "CARECERT_DATA": "a"}), config.Flags{Addr: ":2", Data: "b", Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	if c.Addr != ":2" || c.Data != "b" || !c.Demo || c.SecretKeyFile != filepath.Join("b", "secret.key") {
		t.Errorf("got %+v", c)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for _, c := range []struct {
		name string
		vars map[string]string
		want string // in the error; "" for none
	}{
		{"an address without a port", map[string]string{"CARECERT_ADDR": "localhost"}, "CARECERT_ADDR"},
		{"a short administrator's password", map[string]string{"CARECERT_ADMIN_PASSWORD": "hunter2"}, "8 to 128"},
		{"a password of eight characters will do", map[string]string{"CARECERT_ADMIN_PASSWORD": "护理员一二三四五"}, ""},
		{"a base URL without a scheme", map[string]string{"CARECERT_BASE_URL": "cert.example.cn"}, "CARECERT_BASE_URL"},
		{"a base URL with a query", map[string]string{"CARECERT_BASE_URL": "https://cert.example.cn/?a=b"}, "CARECERT_BASE_URL"},
		{"a database that is no MongoDB", map[string]string{"MONGODB_URI": "postgres://x"}, "MONGODB_URI"},
		{"a cache that is no number", map[string]string{"CARECERT_SQLITE_CACHE_MB": "much"}, "CARECERT_SQLITE_CACHE_MB"},
		{"a cache of nothing", map[string]string{"CARECERT_SQLITE_CACHE_MB": "0"}, "from 1 to"},
		{"a certificate without its key", map[string]string{"CARECERT_TLS_CERT": "c.pem"}, "CARECERT_TLS_KEY"},
		{"a key without its certificate", map[string]string{"CARECERT_TLS_KEY": "k.pem"}, "CARECERT_TLS_CERT"},
		{"a certificate that is not there", map[string]string{"CARECERT_TLS_CERT": "no.pem", "CARECERT_TLS_KEY": "no.pem"}, "no such file"},
		{"a proxy that is no address", map[string]string{"CARECERT_TRUSTED_PROXIES": "10.0.0.0/8, lb"}, `"lb"`},
		{"a folder for witnesses without its path", map[string]string{"CARECERT_WITNESS_DIR": "heads"}, "CARECERT_WITNESS_DIR"},
		{"a mail server without a port", map[string]string{"CARECERT_SMTP_HOST": "mail.example.cn", "CARECERT_SMTP_FROM": "a@b.cn"}, "HOST:PORT"},
		{"a mail server without a sender", map[string]string{"CARECERT_SMTP_HOST": "mail.example.cn:587"}, "CARECERT_SMTP_FROM"},
		{"a sender without a mail server", map[string]string{"CARECERT_SMTP_FROM": "a@b.cn"}, "CARECERT_SMTP_HOST"},
		{"a mail password without a user", map[string]string{"CARECERT_SMTP_HOST": "m:587", "CARECERT_SMTP_FROM": "a@b.cn", "CARECERT_SMTP_PASSWORD": "hunter2"}, "CARECERT_SMTP_USER"},
		{"mail in clear outside tests", map[string]string{"CARECERT_SMTP_HOST": "m:25", "CARECERT_SMTP_FROM": "a@b.cn", "CARECERT_SMTP_TLS": "none"}, "CARECERT_SMTP_TLS"},
		{"a mail server", map[string]string{"CARECERT_SMTP_HOST": "m:465", "CARECERT_SMTP_FROM": "a@b.cn", "CARECERT_SMTP_TLS": "tls", "CARECERT_SMTP_USER": "u", "CARECERT_SMTP_PASSWORD": "p"}, ""},
		{"a clock outside tests", map[string]string{"CARECERT_CLOCK": "2025-06-30T00:00:00Z"}, "CARECERT_ENV=test"},
		{"a clock that is no instant", map[string]string{"CARECERT_ENV": "test", "CARECERT_CLOCK": "yesterday"}, "RFC 3339"},
		{"a clock in tests", map[string]string{"CARECERT_ENV": "test", "CARECERT_CLOCK": "2025-06-30T00:00:00+08:00"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Read(env(c.vars), config.Flags{})
			switch {
			case c.want == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("error %v does not name %s", err, c.want)
			case err != nil && strings.Contains(err.Error(), "hunter2"):
				t.Errorf("the error shows the password: %v", err)
			}
		})
	}
}

func TestAllThatIsWrongIsNamedAtOnce(t *testing.T) {
	_, err := config.Read(env(map[string]string{"CARECERT_ADDR": "x", "MONGODB_URI": "y"}), config.Flags{})
	if err == nil || !strings.Contains(err.Error(), "CARECERT_ADDR") || !strings.Contains(err.Error(), "MONGODB_URI") {
		t.Errorf("got %v", err)
	}
}

func TestBaseURLHasNoSlashAtItsEnd(t *testing.T) {
	c, err := config.Read(env(map[string]string{"CARECERT_BASE_URL": "https://cert.example.cn/"}), config.Flags{})
	if err != nil || c.BaseURL != "https://cert.example.cn" {
		t.Errorf("got %q, %v", c.BaseURL, err)
	}
}

func TestBaseURLOfAnyAddressIsLoopback(t *testing.T) {
	for addr, want := range map[string]string{
		":8080":        "http://127.0.0.1:8080",
		"0.0.0.0:8080": "http://127.0.0.1:8080",
		"[::]:8080":    "http://127.0.0.1:8080",
		"[::1]:8080":   "http://[::1]:8080",
	} {
		c, err := config.Read(env(nil), config.Flags{Addr: addr})
		if err != nil || c.BaseURL != want {
			t.Errorf("%s is reached at %q, want %q (%v)", addr, c.BaseURL, want, err)
		}
	}
}

func TestTrustedProxies(t *testing.T) {
	c, err := config.Read(env(map[string]string{"CARECERT_TRUSTED_PROXIES": "10.1.2.3/8, ::1 ,192.0.2.7"}), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"10.0.0.0/8", "::1/128", "192.0.2.7/32"}
	if len(c.TrustedProxies) != len(want) {
		t.Fatalf("got %v", c.TrustedProxies)
	}
	for i, w := range want {
		if c.TrustedProxies[i] != netip.MustParsePrefix(w) || c.Proxies()[i] != w {
			t.Errorf("got %v, want %v", c.TrustedProxies[i], w)
		}
	}
}

func TestClockStartsAtItsInstantAndRuns(t *testing.T) {
	c, err := config.Read(env(map[string]string{"CARECERT_ENV": "test", "CARECERT_CLOCK": "2025-12-31T23:00:00+08:00"}), config.Flags{})
	if err != nil {
		t.Fatal(err)
	}
	machine := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	clock := c.Clock(kernel.ClockFunc(func() time.Time { return machine }))
	start := clock.Now()
	machine = machine.Add(time.Hour)
	if got := kernel.DateOf(start); got != "2025-12-31" {
		t.Errorf("it starts on %s", got)
	}
	if got := clock.Now().Sub(start); got != time.Hour {
		t.Errorf("after an hour it has run %v", got)
	}
}

func TestExampleOfADamagedCertificate(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "c.pem")
	if err := os.WriteFile(broken, []byte("not a certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := config.Read(env(map[string]string{"CARECERT_TLS_CERT": broken, "CARECERT_TLS_KEY": broken}), config.Flags{})
	if err == nil || !strings.Contains(err.Error(), "CARECERT_TLS_CERT") {
		t.Errorf("got %v", err)
	}
}
