package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"carecert/modules/certificates/verify"
)

const (
	batch   = 256     // texts that one core judges at a time
	longest = 1 << 16 // of a line, in bytes; a QR code holds less than 4300
)

// work is a part of the file on its way to its verdicts.
type work struct {
	texts []string
	out   bytes.Buffer
	worst int // exit code
	done  chan struct{}
}

// many judges a file on all cores. What is read ahead is bounded, so that
// memory does not grow with the file.
func (q request) many(v *verify.Verifier, stdin io.Reader, stdout, stderr io.Writer) int {
	// Texts leave much garbage and hardly anything that lives: at the usual pace
	// a tenth of the time goes into collecting it. 40 MB are enough not to.
	defer debug.SetGCPercent(debug.SetGCPercent(1000))
	in := stdin
	if q.file != "-" {
		f, err := os.Open(q.file)
		if err != nil {
			fmt.Fprintln(stderr, err)
			return exitUndecided
		}
		defer f.Close()
		in = f
	}
	cores := runtime.GOMAXPROCS(0)
	todo, inOrder := make(chan *work), make(chan *work, 2*cores)
	reading := make(chan error, 1)
	go func() {
		defer close(inOrder)
		defer close(todo)
		reading <- inBatches(in, func(texts []string) {
			w := &work{texts: texts, done: make(chan struct{})}
			inOrder <- w
			todo <- w
		})
	}()
	for range cores {
		go func() {
			for w := range todo {
				q.judge(v, w)
				close(w.done)
			}
		}()
	}
	worst := exitGenuine
	var failed error
	for w := range inOrder {
		<-w.done
		worst = max(worst, w.worst)
		if failed == nil {
			_, failed = w.out.WriteTo(stdout)
		}
	}
	if failed = errors.Join(<-reading, failed); failed != nil {
		fmt.Fprintln(stderr, failed)
		return exitUndecided
	}
	return worst
}

// inBatches reads lines; empty ones and the spaces around texts do not count.
func inBatches(in io.Reader, take func([]string)) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 4096), longest)
	texts := make([]string, 0, batch)
	for lines.Scan() {
		if text := strings.TrimSpace(lines.Text()); text != "" {
			texts = append(texts, text)
		}
		if len(texts) == batch {
			take(slices.Clone(texts))
			texts = texts[:0]
		}
	}
	if len(texts) > 0 {
		take(texts)
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return fmt.Errorf("a line of more than %d bytes is no QR text", longest)
	}
	return lines.Err()
}

func (q request) judge(v *verify.Verifier, w *work) {
	for _, text := range w.texts {
		r, err := q.decide(v, text)
		w.worst = max(w.worst, code(r, err))
		switch {
		case q.json:
			_ = json.NewEncoder(&w.out).Encode(outcomeOf(r, err)) // into memory: it cannot fail
		case err != nil:
			fmt.Fprintln(&w.out, "undecided:", err)
		default:
			fmt.Fprintln(&w.out, word(r))
		}
	}
}
