package carry

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"mime/multipart"
	"net"
	"net/smtp"
	"net/textproto"
	"strings"
	"time"

	"carecert/modules/kernel"
)

// SMTP is where mail is handed in.
type SMTP struct {
	Host           string // HOST:PORT; "" is none
	User, Password string
	From           string
	TLS            TLS
}

// TLS says how the way to the mail server is protected.
type TLS string

// The ways. Open is for tests only.
const (
	StartTLS TLS = "starttls"
	Implicit TLS = "tls"
	Open     TLS = "none"
)

// Mailer sends heads by mail.
type Mailer struct {
	SMTP  SMTP
	Clock kernel.Clock
	Roots *tls.Config // nil: the machine's
}

// mailPatience is how long handing in a mail may take altogether.
const mailPatience = 30 * time.Second

// Keep hands the mail in. Sent twice, after a crash, it has the same
// Message-ID, by which mail programs show it once.
func (m Mailer) Keep(ctx context.Context, p Parcel) error {
	message, err := m.write(p)
	if err != nil {
		return err
	}
	host, _, err := net.SplitHostPort(m.SMTP.Host)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	secure := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if m.Roots != nil {
		secure.RootCAs = m.Roots.RootCAs
	}
	dialer := &net.Dialer{Timeout: mailPatience}
	var conn net.Conn
	if m.SMTP.TLS == Implicit {
		conn, err = (&tls.Dialer{NetDialer: dialer, Config: secure}).DialContext(ctx, "tcp", m.SMTP.Host)
	} else {
		conn, err = dialer.DialContext(ctx, "tcp", m.SMTP.Host)
	}
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(mailPatience)); err != nil { //nolint:forbidigo // of the machine, no fact of the domain
		return fmt.Errorf("mail server: %w", err)
	}
	c, err := smtp.NewClient(conn, host)
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	defer c.Close()
	return m.handIn(c, secure, p.To, message)
}

func (m Mailer) handIn(c *smtp.Client, secure *tls.Config, to string, message []byte) error {
	if m.SMTP.TLS == StartTLS {
		if offered, _ := c.Extension("STARTTLS"); !offered {
			return errors.New("mail server: it offers no STARTTLS")
		}
		if err := c.StartTLS(secure); err != nil {
			return fmt.Errorf("mail server: %w", err)
		}
	}
	if m.SMTP.User != "" {
		if err := c.Auth(smtp.PlainAuth("", m.SMTP.User, m.SMTP.Password, secure.ServerName)); err != nil {
			return fmt.Errorf("mail server: %w", err)
		}
	}
	if err := errors.Join(c.Mail(m.SMTP.From), c.Rcpt(to)); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	w, err := c.Data()
	if err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	_, err = w.Write(message)
	if err = errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("mail server: %w", err)
	}
	_ = c.Quit() // it has taken the mail; how it says good-bye does not matter
	return nil
}

// write makes the message: text, and the file attached.
func (m Mailer) write(p Parcel) ([]byte, error) {
	if strings.ContainsAny(p.To+m.SMTP.From, "\r\n") {
		return nil, errors.New("mail: an address of several lines")
	}
	key := sha256.Sum256([]byte(p.Key + p.Witness))
	id := hex.EncodeToString(key[:16])
	_, domain, _ := strings.Cut(m.SMTP.From, "@")
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	if err := parts.SetBoundary("carecert-" + id); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	for _, part := range []struct {
		header  textproto.MIMEHeader
		content []byte
	}{
		{textproto.MIMEHeader{"Content-Type": {"text/plain; charset=utf-8"}, "Content-Transfer-Encoding": {"base64"}}, []byte(p.Text)},
		{textproto.MIMEHeader{
			"Content-Type": {"application/json"}, "Content-Transfer-Encoding": {"base64"},
			"Content-Disposition": {mime.FormatMediaType("attachment", map[string]string{"filename": FileName(p.Size)})},
		}, p.File},
	} {
		w, err := parts.CreatePart(part.header)
		if err != nil {
			return nil, fmt.Errorf("mail: %w", err)
		}
		const line = 76
		encoded := base64.StdEncoding.EncodeToString(part.content)
		for len(encoded) > line {
			fmt.Fprintf(w, "%s\r\n", encoded[:line])
			encoded = encoded[line:]
		}
		fmt.Fprintf(w, "%s\r\n", encoded)
	}
	if err := parts.Close(); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	head := fmt.Sprintf("From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s@%s>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=carecert-%s\r\n\r\n",
		m.SMTP.From, p.To, mime.BEncoding.Encode("utf-8", p.Subject), m.Clock.Now().In(kernel.Shanghai()).Format(time.RFC1123Z), id, domain, id)
	return append([]byte(head), body.Bytes()...), nil
}
