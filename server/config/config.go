// Package config reads the environment and the flags into one typed struct,
// validated once.
package config

import (
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/mail"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"carecert/modules/kernel"
	"carecert/modules/witnesses/carry"
)

// Config is what an operator decides.
type Config struct {
	Addr           string         // CARECERT_ADDR, --addr
	Data           string         // CARECERT_DATA, --data: the data folder
	Demo           bool           // --demo: load demo data into an empty database
	AdminPassword  string         // CARECERT_ADMIN_PASSWORD; "" generates one
	BaseURL        string         // CARECERT_BASE_URL, without a slash at its end: goes into QR codes
	SecretKeyFile  string         // CARECERT_SECRET_KEY_FILE
	MongoURI       string         // MONGODB_URI; "" is the embedded engine
	Signing        string         // CARECERT_SIGNING: the algorithm of new signing keys; "" is Ed25519
	SigningKeyFile string         // CARECERT_SIGNING_KEY_FILE: a signing key from outside
	SQLiteCacheMB  int            // CARECERT_SQLITE_CACHE_MB: page cache of the embedded engine
	TLSCert        string         // CARECERT_TLS_CERT
	TLSKey         string         // CARECERT_TLS_KEY
	TrustedProxies []netip.Prefix // CARECERT_TRUSTED_PROXIES
	MetricsToken   string         // CARECERT_METRICS_TOKEN; "" leaves /metrics to loopback
	WitnessDir     string         // CARECERT_WITNESS_DIR: heads of the issuance log go there as files; "" is nowhere
	SMTP           carry.SMTP     // CARECERT_SMTP_…: heads go out by mail; without a host none does
	Test           bool           // CARECERT_ENV=test
	startsAt       time.Time      // CARECERT_CLOCK; zero is now
}

// Flags are the values of the command line; empty ones leave the environment's.
type Flags struct {
	Addr, Data string
	Demo       bool
}

// Defaults of the environment.
const (
	DefaultAddr = "127.0.0.1:8080"
	DefaultData = "data"

	DefaultSQLiteCacheMB = 16
	maxSQLiteCacheMB     = 1 << 16
)

// Read makes the configuration. Its error names every variable that is wrong,
// and never shows a secret.
func Read(getenv func(string) string, flags Flags) (Config, error) {
	r := reader{getenv: getenv}
	c := Config{
		Addr:          first(flags.Addr, getenv("CARECERT_ADDR"), DefaultAddr),
		Data:          first(flags.Data, getenv("CARECERT_DATA"), DefaultData),
		Demo:          flags.Demo,
		AdminPassword: getenv("CARECERT_ADMIN_PASSWORD"),
		MongoURI:      getenv("MONGODB_URI"),
		TLSCert:       getenv("CARECERT_TLS_CERT"),
		TLSKey:        getenv("CARECERT_TLS_KEY"),
		MetricsToken:  getenv("CARECERT_METRICS_TOKEN"),
		Signing:       getenv("CARECERT_SIGNING"), SigningKeyFile: getenv("CARECERT_SIGNING_KEY_FILE"),
		Test: getenv("CARECERT_ENV") == "test",
	}
	c.SecretKeyFile = first(getenv("CARECERT_SECRET_KEY_FILE"), filepath.Join(c.Data, "secret.key"))
	r.address(c.Addr)
	r.password(c.AdminPassword)
	r.mongo(c.MongoURI)
	r.certificate(c.TLSCert, c.TLSKey)
	c.BaseURL = r.baseURL(c)
	c.TrustedProxies = r.proxies()
	c.SQLiteCacheMB = r.cache()
	c.WitnessDir = r.folder("CARECERT_WITNESS_DIR")
	c.SMTP = r.smtp(c.Test)
	c.startsAt = r.clock(c.Test)
	return c, errors.Join(r.wrong...)
}

// TLS tells whether HTTPS is served.
func (c Config) TLS() bool { return c.TLSCert != "" }

// DatabaseFile is where the embedded engine keeps its data.
func (c Config) DatabaseFile() string { return filepath.Join(c.Data, "carecert.db") }

// Proxies are the trusted proxies in words.
func (c Config) Proxies() []string {
	out := make([]string, len(c.TrustedProxies))
	for i, p := range c.TrustedProxies {
		out[i] = p.String()
	}
	return out
}

// Clock is the program's clock: the machine's, or one that was started at
// CARECERT_CLOCK and runs from there.
func (c Config) Clock(machine kernel.Clock) kernel.Clock {
	if c.startsAt.IsZero() {
		return machine
	}
	shift := c.startsAt.Sub(machine.Now())
	return kernel.ClockFunc(func() time.Time { return machine.Now().Add(shift) })
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// reader gathers what is wrong.
type reader struct {
	getenv func(string) string
	wrong  []error
}

func (r *reader) refuse(variable, format string, args ...any) {
	r.wrong = append(r.wrong, fmt.Errorf("%s: %w", variable, fmt.Errorf(format, args...)))
}

func (r *reader) address(addr string) {
	host, port, err := net.SplitHostPort(addr)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	if err != nil {
		r.refuse("CARECERT_ADDR", "%q is not HOST:PORT", addr)
		return
	}
	if host != "" && strings.ContainsAny(host, " /") {
		r.refuse("CARECERT_ADDR", "%q is not a host", host)
	}
}

func (r *reader) password(p string) {
	if n := utf8.RuneCountInString(p); p != "" && (n < 8 || n > 128) {
		r.refuse("CARECERT_ADMIN_PASSWORD", "it must have 8 to 128 characters, it has %d", n)
	}
}

func (r *reader) cache() int {
	v := r.getenv("CARECERT_SQLITE_CACHE_MB")
	if v == "" {
		return DefaultSQLiteCacheMB
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 1 || n > maxSQLiteCacheMB {
		r.refuse("CARECERT_SQLITE_CACHE_MB", "%q is not a whole number from 1 to %d", v, maxSQLiteCacheMB)
	}
	return n
}

func (r *reader) mongo(uri string) {
	if uri != "" && !strings.HasPrefix(uri, "mongodb://") && !strings.HasPrefix(uri, "mongodb+srv://") {
		r.refuse("MONGODB_URI", "it must begin with mongodb:// or mongodb+srv://")
	}
}

func (r *reader) certificate(cert, key string) {
	switch {
	case cert == "" && key == "":
	case cert == "":
		r.refuse("CARECERT_TLS_CERT", "it is needed beside CARECERT_TLS_KEY")
	case key == "":
		r.refuse("CARECERT_TLS_KEY", "it is needed beside CARECERT_TLS_CERT")
	default:
		if _, err := tls.LoadX509KeyPair(cert, key); err != nil {
			r.refuse("CARECERT_TLS_CERT", "the certificate and its key cannot be used: %w", err)
		}
	}
}

// baseURL is where the program is reached. Unset, it is the address it listens
// on, which does for trying out.
func (r *reader) baseURL(c Config) string {
	set := strings.TrimRight(r.getenv("CARECERT_BASE_URL"), "/")
	if set == "" {
		scheme := "http"
		if c.TLS() {
			scheme = "https"
		}
		host, port, _ := net.SplitHostPort(c.Addr)
		if ip, err := netip.ParseAddr(host); host == "" || (err == nil && ip.IsUnspecified()) {
			host = "127.0.0.1"
		}
		return scheme + "://" + net.JoinHostPort(host, port)
	}
	u, err := url.Parse(set)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		r.refuse("CARECERT_BASE_URL", "%q is not an address like https://cert.example.gov.cn", set)
	}
	return set
}

func (r *reader) proxies() (out []netip.Prefix) {
	for _, part := range strings.Split(r.getenv("CARECERT_TRUSTED_PROXIES"), ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		if addr, err := netip.ParseAddr(part); err == nil {
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
		} else if prefix, err := netip.ParsePrefix(part); err == nil {
			out = append(out, prefix.Masked())
		} else {
			r.refuse("CARECERT_TRUSTED_PROXIES", "%q is neither an address nor a network", part)
		}
	}
	return out
}

// folder is named by its whole path. It need not be there: a medium that is not
// mounted must not keep the program from starting, deliveries say so.
func (r *reader) folder(variable string) string {
	dir := r.getenv(variable)
	if dir != "" && !filepath.IsAbs(dir) {
		r.refuse(variable, "%q is not the whole path of a folder", dir)
	}
	return dir
}

func (r *reader) smtp(test bool) carry.SMTP {
	m := carry.SMTP{
		Host: r.getenv("CARECERT_SMTP_HOST"), User: r.getenv("CARECERT_SMTP_USER"), Password: r.getenv("CARECERT_SMTP_PASSWORD"),
		From: r.getenv("CARECERT_SMTP_FROM"), TLS: carry.TLS(first(r.getenv("CARECERT_SMTP_TLS"), string(carry.StartTLS))),
	}
	if m.Host == "" {
		for _, v := range []string{m.User, m.Password, m.From} {
			if v != "" {
				r.refuse("CARECERT_SMTP_HOST", "it is needed beside the other CARECERT_SMTP_ variables")
				break
			}
		}
		return m
	}
	if _, _, err := net.SplitHostPort(m.Host); err != nil {
		r.refuse("CARECERT_SMTP_HOST", "%q is not HOST:PORT", m.Host)
	}
	if from, err := mail.ParseAddress(m.From); err != nil || from.Address != m.From {
		r.refuse("CARECERT_SMTP_FROM", "%q is not a mail address", m.From)
	}
	if (m.User == "") != (m.Password == "") {
		r.refuse("CARECERT_SMTP_USER", "it goes with CARECERT_SMTP_PASSWORD, neither without the other")
	}
	switch {
	case m.TLS == carry.StartTLS, m.TLS == carry.Implicit, m.TLS == carry.Open && test:
	default:
		r.refuse("CARECERT_SMTP_TLS", "it must be %s or %s", carry.StartTLS, carry.Implicit)
	}
	return m
}

func (r *reader) clock(test bool) time.Time {
	set := r.getenv("CARECERT_CLOCK")
	if set == "" {
		return time.Time{}
	}
	if !test {
		r.refuse("CARECERT_CLOCK", "it is for tests: refused unless CARECERT_ENV=test")
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, set)
	if err != nil {
		r.refuse("CARECERT_CLOCK", "%q is not an instant of RFC 3339", set)
	}
	return at
}
