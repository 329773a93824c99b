package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// Load reads a key file; os.ErrNotExist when there is none.
func Load(path string) (*Keyring, error) {
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	var keys [][]byte
	for n, line := range strings.Split(string(raw), "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(line)
		if err != nil || len(key) != KeySize {
			return nil, fmt.Errorf("secret key file %s, line %d: not %d bytes in base64", path, n+1, KeySize)
		}
		keys = append(keys, key)
	}
	ring, err := New(keys...)
	if err != nil {
		return nil, fmt.Errorf("secret key file %s: %w", path, err)
	}
	return ring, nil
}

// Create makes a key file with a fresh key, readable by its owner only. It
// never replaces one: of two programs that start at once, both get the same.
func Create(path string) (*Keyring, error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	f, err := os.CreateTemp(dir, ".secret-*")
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	defer func() { _ = os.Remove(f.Name()) }()
	_, err = f.WriteString(freshLine())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	// A link appears whole or not at all, and refuses an existing name.
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	if err := syncFolder(dir); err != nil {
		return nil, err
	}
	return Load(path)
}

// freshLine is a new key as a key file holds it.
func freshLine() string {
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	return base64.StdEncoding.EncodeToString(key) + "\n"
}

// syncFolder makes a new name outlive a power cut, where folders can be opened.
func syncFolder(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return nil //nolint:nilerr // some systems open no folders; the file itself is synced
	}
	if err := errors.Join(d.Sync(), d.Close()); err != nil {
		return fmt.Errorf("secret key: %w", err)
	}
	return nil
}

// ErrAdding: another command is adding a key, or one was cut short.
var ErrAdding = errors.New("a key is being added to the key file")

// AddKey puts a fresh key at the end of a key file. The file is replaced as a
// whole or not at all and stays its owner's; of two commands at once one gets
// ErrAdding, so that no key that was ever there is lost. The ring is the one
// from now on.
func AddKey(path string) (*Keyring, error) {
	path, err := filepath.EvalSymlinks(path)
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	next := path + ".adding" // the new file is the lock as well
	f, err := os.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return nil, fmt.Errorf("%w; if nobody else is, an earlier command was cut short: remove %s and try again", ErrAdding, next)
	}
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", err)
	}
	err = lengthen(f, path)
	if err == nil {
		err = os.Rename(next, path)
	}
	if err != nil {
		return nil, fmt.Errorf("secret key: %w", errors.Join(err, os.Remove(next)))
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return nil, err
	}
	return Load(path)
}

// lengthen writes the keys of a file and a fresh one, for the same owner.
func lengthen(f *os.File, path string) (err error) {
	defer func() { err = errors.Join(err, f.Close()) }()
	if _, err := Load(path); err != nil { // what cannot be read is not built upon
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) != os.Geteuid() {
		if err := f.Chown(int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	if err := f.Chmod(info.Mode().Perm()); err != nil {
		return err
	}
	if _, err := f.WriteString(strings.TrimRight(string(raw), "\r\n") + "\n" + freshLine()); err != nil {
		return err
	}
	return f.Sync()
}
