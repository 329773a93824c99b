package mongod

import (
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// StopWith ends the members and removes the folder once the process with the
// id is gone, however it went: a test process has no last word of its own.
func (s *Set) StopWith(pid int, dir string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var ids []string
	for _, m := range s.members {
		if m != nil {
			ids = append(ids, strconv.Itoa(m.Process.Pid))
		}
	}
	script := `while kill -0 "$1" 2>/dev/null; do sleep 0.2; done; kill -9 $3 2>/dev/null; sleep 0.2; rm -rf "$2"`
	cmd := exec.Command("sh", "-c", script, "keeper", strconv.Itoa(pid), dir, strings.Join(ids, " ")) //nolint:gosec,noctx // outlives this process on purpose
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("mongod: keeper: %w", err)
	}
	return cmd.Process.Release()
}
