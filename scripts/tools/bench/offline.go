package main

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"carecert/modules/certificates"
	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
)

// offline measures the program's own command on a file of so many texts against
// the bare checks of as many signatures, both on all cores.
func offline(ctx context.Context, program, dir string) ([]row, error) {
	const texts = 100_000
	key, err := signature.Generate(signature.Ed25519)
	if err != nil {
		return nil, err
	}
	var file strings.Builder
	signed := make([][2][]byte, 0, texts) // message and signature, of like length
	for n := range uint32(texts) {
		code := make([]byte, 10)
		binary.BigEndian.PutUint32(code, n)
		text, err := v1.Sign(ctx, key, "https://cert.example.gov.cn", v1.Facts{
			Key: 1, Code: code, Family: 1, NameMasked: "王*兰", Issuer: "香格里拉培训学校", IssuedOn: v1.Days("2025-10-18"), Title: "压疮预防",
			Minutes: 540, Identity: 1 << 19, Status: n, Serial: 7, Sequence: n + 1,
		})
		if err != nil {
			return nil, err
		}
		file.WriteString(text + "\n")
		message := []byte(text[:160])
		sig, err := key.Sign(ctx, message)
		if err != nil {
			return nil, err
		}
		signed = append(signed, [2][]byte{message, sig})
	}
	keys, err := json.Marshal(verify.Keys{Keys: []verify.Key{verify.Publish(1, key.Public())}})
	if err != nil {
		return nil, err
	}
	textsFile, keysFile := filepath.Join(dir, "texts"), filepath.Join(dir, "keys.json")
	if err := errors.Join(os.WriteFile(textsFile, []byte(file.String()), 0o600), os.WriteFile(keysFile, keys, 0o600)); err != nil {
		return nil, err
	}
	var ours, bare []float64
	for range 5 {
		t, err := timed(func() error {
			return exec.CommandContext(ctx, program, "verify", "--file", textsFile, "--keys", keysFile).Run() // all genuine: exit code 0
		})
		if err != nil {
			return nil, fmt.Errorf("verify a file: %w", err)
		}
		ours = append(ours, t.Seconds())
		if t, err = timed(func() error { return checkAll(key.Public().Bytes(), signed) }); err != nil {
			return nil, err
		}
		bare = append(bare, t.Seconds())
	}
	per := func(s float64) string { return fmt.Sprintf("%.0f/s", texts/s) }
	return []row{{
		engine: "-", what: fmt.Sprintf("carecert verify --file, %d texts", texts), ours: per(median(ours)), bare: per(median(bare)),
		ratio: median(bare) / median(ours), atLeast: 0.8,
	}}, nil
}

func checkAll(key ed25519.PublicKey, signed [][2][]byte) error {
	var all sync.WaitGroup
	cores := runtime.GOMAXPROCS(0)
	wrong := make([]error, cores)
	for c := range cores {
		all.Go(func() {
			for i := c; i < len(signed); i += cores {
				if !ed25519.Verify(key, signed[i][0], signed[i][1]) {
					wrong[c] = errors.New("a good signature is refused")
				}
			}
		})
	}
	all.Wait()
	return errors.Join(wrong...)
}

// issuing measures certificates issued and printed, by the time that the
// program's cores spend on them.
func issuing(ctx context.Context, engine, uri, dir string) (rows []row, err error) {
	const count, aim = 500, 2_000 // a minute and core
	if uri != "" {
		uri = named(uri, "issue")
	}
	a, err := open(ctx, uri, filepath.Join(dir, "issue-"+engine))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	s, err := settle(ctx, a)
	if err != nil {
		return nil, err
	}
	system := kernel.AsSystem(ctx, "bench")
	before, err := spent()
	if err != nil {
		return nil, err
	}
	for n := range count {
		id, err := a.Certificates.Service.Issue(system, certificates.Draft{
			Family: certificates.FamilyTraining, Person: kernel.PersonID(s.person), Issuer: kernel.OrganizationID(s.school),
			IssuedOn: "2025-10-18", Title: "压疮预防与体位护理", Minutes: 540, PerHour: 45, Source: fmt.Sprint("issuing:", n),
		})
		if err != nil {
			return nil, err
		}
		c, err := a.Certificates.Service.Find(system, id)
		if err != nil {
			return nil, err
		}
		if _, err := a.Certificates.Service.Print(system, c); err != nil {
			return nil, err
		}
	}
	after, err := spent()
	if err != nil {
		return nil, err
	}
	rate := count / (after - before).Minutes()
	return []row{{
		engine: engine, what: "issue and print, a minute and core", ours: fmt.Sprintf("%.0f", rate), bare: fmt.Sprint(aim), ratio: rate / aim, atLeast: 1,
	}}, nil
}

// spent is the processor time of this process.
func spent() (time.Duration, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, err
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), nil
}
