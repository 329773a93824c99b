package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
	"carecert/server/config"
)

const killPassword = "a-password-of-the-test"

// program is bin/carecert as a process of its own.
type program struct {
	t    *testing.T
	path string
	env  []string
	base string
	cmd  *exec.Cmd
	name string // bearer token
}

// built makes the program as scripts/lib.sh does, so that both share what is
// compiled.
func built(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "carecert")
	build := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-ldflags=-s -w", "-o", path, "carecert/server")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v %s", err, out)
	}
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (p *program) start() {
	p.t.Helper()
	addr := freeAddress(p.t)
	p.base = "http://" + addr
	p.cmd = exec.CommandContext(context.WithoutCancel(p.t.Context()), p.path, "serve")
	p.cmd.Env = append(append(os.Environ(), p.env...), "CARECERT_ADDR="+addr, "CARECERT_ADMIN_PASSWORD="+killPassword)
	p.cmd.Stderr = io.Discard
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	for deadline := time.Now().Add(90 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, p.base+"/readyz", nil)
		if err != nil {
			p.t.Fatal(err)
		}
		if res, err := http.DefaultClient.Do(req); err == nil {
			res.Body.Close()
			if res.StatusCode == http.StatusOK {
				return
			}
		}
		if time.Now().After(deadline) {
			p.t.Fatal("the program does not come up")
		}
	}
}

// end stops it by its id: with SIGKILL as a power failure does.
func (p *program) end(signal syscall.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	_ = p.cmd.Wait() // killed on purpose
}

func (p *program) call(method, path, contentType string, body []byte, into any) int {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.base+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	if p.name != "" {
		req.Header.Set("Authorization", "Bearer "+p.name)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if res.StatusCode >= http.StatusBadRequest {
		p.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, raw)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			p.t.Fatalf("%s: %v in %s", path, err, raw)
		}
	}
	return res.StatusCode
}

func (p *program) post(path string, body map[string]any) (id string) {
	p.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	var made struct{ ID, Token string }
	p.call(http.MethodPost, path, "application/json", raw, &made)
	if made.Token != "" {
		return made.Token
	}
	return made.ID
}

// token signs the administrator in and makes a token, which outlives the kill.
func (p *program) token() string {
	p.t.Helper()
	raw, err := json.Marshal(map[string]string{"username": "admin", "password": killPassword})
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+"/api/v1/sessions", bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	var session struct {
		CSRFToken string `json:"csrfToken"`
	}
	if err := json.NewDecoder(res.Body).Decode(&session); err != nil || len(res.Cookies()) == 0 {
		p.t.Fatalf("sign in: %d %v", res.StatusCode, err)
	}
	raw, err = json.Marshal(map[string]any{"name": "kill", "expiresAt": time.Now().Add(time.Hour)})
	if err != nil {
		p.t.Fatal(err)
	}
	if req, err = http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+"/api/v1/tokens", bytes.NewReader(raw)); err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-CSRF-Token", session.CSRFToken)
	req.AddCookie(res.Cookies()[0])
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer answer.Body.Close()
	var made struct{ Token string }
	if err := json.NewDecoder(answer.Body).Decode(&made); err != nil || made.Token == "" {
		p.t.Fatalf("token: %d %v", answer.StatusCode, err)
	}
	return made.Token
}

type progress struct {
	Status                                             string
	Total, Done, Created, Updated, Unchanged, Rejected int
}

func (p *program) importOf(file []byte, organization string) string {
	p.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for k, v := range map[string]string{"kind": "people", "organizationId": organization} {
		if err := w.WriteField(k, v); err != nil {
			p.t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", "花名册.xlsx")
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := part.Write(file); err != nil {
		p.t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		p.t.Fatal(err)
	}
	var made struct{ ID string }
	p.call(http.MethodPost, "/imports", w.FormDataContentType(), body.Bytes(), &made)
	return made.ID
}

// await asks until the import is as wanted.
func (p *program) await(id string, so func(progress) bool) (now progress) {
	p.t.Helper()
	for deadline := time.Now().Add(8 * time.Minute); ; time.Sleep(30 * time.Millisecond) {
		now = progress{}
		p.call(http.MethodGet, "/imports/"+id, "application/json", nil, &now)
		if so(now) {
			return now
		}
		if time.Now().After(deadline) {
			p.t.Fatalf("import %s: %+v", id, now)
		}
	}
}

func over(p progress) bool { return p.Status == "done" || p.Status == "failed" }

// A server that is killed in the middle of an import goes on behind the last
// batch when it comes back, and registers nobody twice.
func TestKilledInTheMiddleOfAnImport(t *testing.T) {
	const people = 1_500
	path, file := built(t), rosterOf(t, people)
	for engine, uri := range map[string]func(testing.TB) string{
		"sqlite": func(testing.TB) string { return "" }, "mongodb": storetest.NewMongoURI,
	} {
		t.Run(engine, func(t *testing.T) {
			data := t.TempDir()
			p := &program{t: t, path: path, env: []string{"CARECERT_DATA=" + data, "MONGODB_URI=" + uri(t)}}
			p.start()
			p.name = p.token()
			p.post("/organizations", map[string]any{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": "310118"})
			home := p.post("/organizations", map[string]any{"kind": "institution", "name": "淀山湖福利院", "divisionCode": "310118", "subdistrictCode": "310118102"})
			id := p.importOf(file, home)
			at := p.await(id, func(now progress) bool { return over(now) || now.Created >= people/3 })
			if over(at) {
				t.Fatalf("the import was over before it could be killed: %+v", at)
			}
			p.end(syscall.SIGKILL)
			p.start()
			if done := p.await(id, over); done.Status != "done" || done.Total != people || done.Created != people || done.Updated+done.Unchanged+done.Rejected != 0 {
				t.Errorf("after the kill: %+v", done)
			}
			if engine == "sqlite" { // once is enough: it takes as long as the first time
				if again := p.await(p.importOf(file, home), over); again.Unchanged != people || again.Created != 0 {
					t.Errorf("the same file again: %+v", again)
				}
			}
			p.end(syscall.SIGTERM)
			countPeople(t, data, p.env[1][len("MONGODB_URI="):], people)
		})
	}
}

// countPeople counts what is in the database, document by document.
func countPeople(t *testing.T, data, uri string, want int) {
	t.Helper()
	env := map[string]string{"MONGODB_URI": uri}
	cfg, err := config.Read(func(k string) string { return env[k] }, config.Flags{Data: data})
	if err != nil {
		t.Fatal(err)
	}
	a, err := Open(t.Context(), cfg, slog.New(slog.DiscardHandler), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close(context.WithoutCancel(t.Context()))
	for _, collection := range []string{"people_persons", "people_identities"} {
		n := 0
		if err := a.DB.ScanRaw(t.Context(), collection, func(string, []byte) error { n++; return nil }); err != nil {
			t.Fatal(err)
		}
		if n != want {
			t.Errorf("%d documents in %s, want %d", n, collection, want)
		}
	}
	if n, err := a.Hours.Service.Rebuild(kernel.AsSystem(t.Context(), "test")); err != nil || n != 0 {
		t.Errorf("hours rebuilt with %d differences: %v", n, err)
	}
}

// rosterOf is a workbook of invented people with sound numbers.
func rosterOf(t *testing.T, people int) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.SetRow("A1", []any{"姓名", "身份证号码", "入职日期"}); err != nil {
		t.Fatal(err)
	}
	for n := range people {
		born := kernel.Date("1965-01-01").AddDays(n % 12_000)
		body := fmt.Sprintf("31011%d%s%s%s%03d", n/12_000, born[0:4], born[5:7], born[8:10], n%999)
		sum := 0
		for i, weight := range [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
			sum += int(body[i]-'0') * weight
		}
		at := fmt.Sprintf("A%d", n+2)
		if err := w.SetRow(at, []any{"王小兰", body + string("10X98765432"[sum%11]), "2024-03-01"}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
