package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// printing compares a rendered certificate with a bare gopdf page, QR code
// and signature, by the benchmarks that stand beside the renderer.
func printing(ctx context.Context) ([]row, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "./modules/certificates/pdf", "-run", "^$", "-bench", "^Benchmark(Certificate|Bare)$", "-benchtime", "60x")
	out, err := cmd.CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("benchmarks of certificates: %w: %s", err, out)
	}
	times := map[string]float64{}
	for _, line := range strings.Split(string(out), "\n") {
		f := strings.Fields(line)
		if len(f) >= 4 && strings.HasPrefix(f[0], "Benchmark") {
			name, _, _ := strings.Cut(f[0], "-")
			if times[name], err = strconv.ParseFloat(f[2], 64); err != nil {
				return nil, err
			}
		}
	}
	ours, bare := times["BenchmarkCertificate"], times["BenchmarkBare"]
	if ours == 0 || bare == 0 {
		return nil, fmt.Errorf("no benchmark of certificates in: %s", out)
	}
	ms := func(ns float64) string { return fmt.Sprintf("%.1f ms", ns/1e6) }
	return []row{{engine: "-", what: "certificate: sign, QR, PDF", ours: ms(ours), bare: ms(bare), ratio: ours / bare, atMost: 1.3}}, nil
}

// start measures the program itself on the data that the import left.
func start(ctx context.Context, binary, data string) ([]row, error) {
	const addr = "127.0.0.1:18987"
	cmd := exec.CommandContext(ctx, binary, "serve")
	cmd.Env = append(os.Environ(), "CARECERT_ADDR="+addr, "CARECERT_DATA="+data, "MONGODB_URI=")
	started := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	defer func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait() // stopped on purpose
	}()
	for {
		if _, err := fetch(ctx, "http://"+addr+"/readyz"); err == nil {
			break
		}
		if time.Since(started) > 20*time.Second {
			return nil, errors.New("the program does not come up")
		}
		time.Sleep(5 * time.Millisecond)
	}
	took := time.Since(started)
	time.Sleep(3 * time.Second) // idle
	rss, err := status(cmd.Process.Pid, "VmRSS:")
	if err != nil {
		return nil, err
	}
	return []row{
		{engine: "sqlite", what: "start to ready, existing data", ours: took.Round(time.Millisecond).String(), bare: "1 s", ratio: took.Seconds(), atMost: 1},
		{engine: "sqlite", what: "idle memory", ours: fmt.Sprintf("%.0f MB", rss), bare: "150 MB", ratio: rss / 150, atMost: 1},
	}, nil
}

// status reads a figure of a process: VmRSS is what it holds, VmHWM the most
// it ever held.
func status(pid int, of string) (mb float64, err error) {
	f, err := os.Open("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		if rest, ok := strings.CutPrefix(s.Text(), of); ok {
			kb, err := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return kb / 1024, err
		}
	}
	return 0, errors.New("no " + of)
}
