package carry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// FolderKeeper writes heads as files into a folder that the operator mounts, a
// folder of its own for each witness.
type FolderKeeper struct{ Dir string }

// Keep writes the file whole or not at all. The same head again is no error;
// another one of the same size is ErrDiffers, and nothing is overwritten.
func (k FolderKeeper) Keep(_ context.Context, p Parcel) error {
	if info, err := os.Stat(k.Dir); err != nil || !info.IsDir() { // a medium that is not mounted must not be filled up beneath
		return errors.Join(fmt.Errorf("the folder for witnesses is not there"), err)
	}
	dir := filepath.Join(k.Dir, p.Witness)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("folder of a witness: %w", err)
	}
	path := filepath.Join(dir, FileName(p.Size))
	temporary, err := os.CreateTemp(dir, ".head-*")
	if err != nil {
		return fmt.Errorf("file for a witness: %w", err)
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(p.File)
	if err = errors.Join(err, temporary.Chmod(0o644), temporary.Sync(), temporary.Close()); err != nil {
		return fmt.Errorf("file for a witness: %w", err)
	}
	err = os.Link(temporary.Name(), path) // unlike a rename it replaces nothing
	if errors.Is(err, fs.ErrExist) {
		return sameHead(path, p.Key)
	}
	if err != nil { // media without links: FAT
		return writeNew(path, p)
	}
	return nil
}

func writeNew(path string, p Parcel) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return sameHead(path, p.Key)
	}
	if err != nil {
		return fmt.Errorf("file for a witness: %w", err)
	}
	_, err = f.Write(p.File)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(fmt.Errorf("file for a witness: %w", err), os.Remove(path))
	}
	return nil
}

// sameHead compares by the signed root, which the file holds in base64: the day
// it was sent on may be another.
func sameHead(path, root string) error {
	raw, err := os.ReadFile(path)
	if err != nil {
		return fmt.Errorf("file of a witness: %w", err)
	}
	if !bytes.Contains(raw, []byte(root)) {
		return ErrDiffers
	}
	return nil
}

// FileName of a head of a size, so that files sort by it.
func FileName(size int64) string { return fmt.Sprintf("carecert-head-%012d.json", size) }
