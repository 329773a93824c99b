package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/server/app"
)

// A register of ten thousand: what the larger one is held against.
const (
	homes    = 50
	staff    = 200 // of each
	turns    = 150 // requests of each kind
	flatness = 1.5
)

// atSize measures lists and look-ups on ten thousand people and on as many
// more. The first come in by the importer; the others are the documents that it
// left, bulk-inserted again under other ids, numbers and institutions.
func atSize(ctx context.Context, engine, uri, dir string, size int) (rows []row, _ error) {
	if uri != "" {
		uri = named(uri, "size")
	}
	r := &register{uri: uri, dir: filepath.Join(dir, "size-"+engine)}
	var small, large []time.Duration
	started := time.Now()
	for _, step := range []struct {
		cacheMB string
		do      func() error
	}{
		{"", func() error { return r.found(ctx) }},
		{"", func() (err error) { small, err = r.measure(ctx); return err }},
		{growing, func() error { return r.grow(ctx, size/(homes*staff)-1) }},
		{"", func() (err error) { large, err = r.measure(ctx); return err }},
	} {
		if err := r.with(ctx, step.cacheMB, step.do); err != nil {
			return nil, err
		}
		fmt.Fprintf(os.Stderr, "%s: %s\n", engine, time.Since(started).Round(time.Second))
	}
	for i, q := range r.questions() {
		rows = append(rows, row{
			engine: engine, what: fmt.Sprintf("%s, %d people", q.what, size), ours: large[i].String(), bare: small[i].String() + " at 10000",
			ratio: large[i].Seconds() / small[i].Seconds(), atMost: flatness,
		})
	}
	return rows, nil
}

// growing is the cache in MB while the register grows: it is not what is measured.
const growing = "4000"

// with opens the program for one step and closes it again.
func (r *register) with(ctx context.Context, cacheMB string, do func() error) (err error) {
	if r.app, err = openCached(ctx, r.uri, r.dir, cacheMB); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.app.Close(ctx)) }()
	if err := r.scene.signIn(ctx, r.app); err != nil {
		return err
	}
	if r.base, err = listen(ctx, r.app.Web.Fiber); err != nil {
		return err
	}
	return do()
}

// register is a district with its people and their certificates.
type register struct {
	uri, dir string
	app      *app.App
	scene    scene
	base     string
	district string
	homes    []string
	sought   member // one of them, whose name nobody else has
}

type member struct{ name, number, phone, certificate, hired, left string }

func (m member) roster() []string {
	return []string{m.name, m.number, m.phone, m.hired, m.left}
}

func (m member) certified() []string {
	return []string{m.name, m.number, m.certificate, "四级/中级工", "2024-10-15", "晚晴护理评价中心"}
}

const (
	surnames = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
	given    = "秀桂建志玉海文小国丽芳兰英华敏静燕红梅霞"
)

// person n of the first ten thousand.
func person(n int) member {
	family, first := []rune(surnames), []rune(given)
	name := string(family[n%len(family)]) + string(first[n/100%len(first)]) + string(first[n/2000%len(first)])
	if n == homes*staff/2 {
		name = "欧阳攸宁"
	}
	born := kernel.Date("1965-01-01").AddDays(n)
	m := member{
		name: name, number: identity("310118", born, n%999), phone: fmt.Sprintf("138%08d", n),
		certificate: fmt.Sprintf("S000031000012244%06d", n), hired: "2024-03-01",
	}
	if n < 4000 && n%40 == 7 { // old enough to have left long ago
		m.hired, m.left = "1990-03-01", "1999-12-31"
	}
	return m
}

func (r *register) found(ctx context.Context) (err error) {
	made := func(kind, name string) (string, error) {
		var o struct{ ID string }
		body := map[string]any{"kind": kind, "name": name, "divisionCode": "310118"}
		err := r.scene.post(ctx, r.app, "/organizations", body, &o)
		return o.ID, err
	}
	if r.district, err = made("districtBureau", "青浦区民政局"); err != nil {
		return err
	}
	r.sought = person(homes * staff / 2)
	for h := range homes {
		home, err := made("institution", fmt.Sprintf("第%d养护院", h+1))
		if err != nil {
			return err
		}
		r.homes = append(r.homes, home)
		people, certificates := [][]string{{"姓名", "身份证号码", "联系电话", "入职日期", "离职日期"}}, [][]string{{"姓名", "证件号码", "证书编号", "等级", "发证日期", "评价机构"}}
		for n := h * staff; n < (h+1)*staff; n++ {
			m := person(n)
			people = append(people, m.roster())
			if m.left == "" { // who left long ago is out of the institution's reach
				certificates = append(certificates, m.certified())
			}
		}
		if err := errors.Join(r.load(ctx, "people", home, people), r.load(ctx, "certificates", home, certificates)); err != nil {
			return err
		}
	}
	return r.heard(ctx)
}

// heard waits until everybody has been told of what was loaded: the years of
// in-service hours come about that way.
func (r *register) heard(ctx context.Context) error {
	for {
		waiting := 0
		err := r.app.DB.ScanRaw(ctx, "kit_outbox", func(string, []byte) error {
			waiting++
			return nil
		})
		if err != nil || waiting == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
	}
}

func (r *register) load(ctx context.Context, kind, home string, rows [][]string) error {
	var file bytes.Buffer
	for _, row := range rows {
		file.WriteString(strings.Join(row, ",") + "\n")
	}
	report, err := r.app.Imports.Service.Run(kernel.AsSystem(ctx, "bench"), imports.Request{
		Kind: kind, Organization: kernel.OrganizationID(home), FileName: kind + ".csv", File: bytes.NewReader(file.Bytes()), Size: int64(file.Len()),
	})
	if err == nil && report.Counts.Created != len(rows)-1 {
		err = fmt.Errorf("%s: created %d of %d: %v", kind, report.Counts.Created, len(rows)-1, report.Errors[:min(3, len(report.Errors))])
	}
	return err
}

// bulk is how many documents go into one transaction: to the embedded engine a
// commit costs most, MongoDB's cache holds what is not committed.
func (r *register) bulk() int {
	if r.uri == "" {
		return 10_000
	}
	return 1_000
}

// grow inserts the documents of the ten thousand again, so many times.
func (r *register) grow(ctx context.Context, times int) error {
	for _, c := range []struct {
		collection string
		own        []string // fields whose values are the document's own
	}{
		{"people_persons", []string{"_id", "idBlind", "phoneBlind"}},
		{"people_identities", []string{"_id", "person"}},
		{"certificates_certificates", []string{"_id", "person", "number"}},
		{"certificates_numbers", []string{"_id", "certificate"}},
		{"hours_years", []string{"_id", "person"}},
	} {
		var originals [][]byte
		err := r.app.DB.ScanRaw(ctx, c.collection, func(_ string, body []byte) error {
			if !r.unique(body) {
				originals = append(originals, bytes.Clone(body))
			}
			return nil
		})
		if err != nil {
			return err
		}
		for turn := 1; turn <= times; turn++ {
			for from := 0; from < len(originals); from += r.bulk() {
				var copies [][]byte
				for _, o := range originals[from:min(from+r.bulk(), len(originals))] {
					copies = append(copies, r.copied(o, turn, c.own))
				}
				if err := r.app.DB.InsertRaw(ctx, c.collection, copies...); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// unique tells whether a document is of the one who is looked for by name:
// nobody else gets it.
func (r *register) unique(body []byte) bool {
	name, ok := bson.Raw(body).Lookup("name").StringValueOK()
	return ok && name == r.sought.name
}

// copied is the document with its own values and its institution's id replaced
// by others of the same length: BSON keeps its lengths.
func (r *register) copied(original []byte, turn int, own []string) []byte {
	out := bytes.Clone(original)
	replace := func(s string) {
		if len(s) > 8 {
			out = bytes.ReplaceAll(out, []byte(s), []byte(fmt.Sprintf("%04x", turn)+s[4:]))
		}
	}
	for _, field := range own {
		if s, ok := bson.Raw(original).Lookup(field).StringValueOK(); ok {
			replace(s)
		}
	}
	for _, home := range r.homes {
		if bytes.Contains(original, []byte(home)) {
			replace(home)
		}
	}
	return out
}

type question struct{ what, path string }

func (r *register) questions() []question {
	q, today := url.QueryEscape, kernel.DateOf(time.Now())
	return []question{
		{"search by name, characters", "/people?q=" + q(r.sought.name)},
		{"search by name, pinyin", "/people?q=ouyangyouning"},
		{"search by given name, characters", "/people?q=" + q(strings.TrimPrefix(r.sought.name, "欧阳"))},
		{"search by given name, pinyin", "/people?q=youning"},
		{"search by the end of a name", "/people?q=" + q("兰")},
		{"search by identity number", "/people?q=" + r.sought.number},
		{"search by telephone", "/people?q=" + r.sought.phone},
		{"search by certificate number", "/certificates?q=" + r.sought.certificate},
		{"people of an institution", "/people?limit=50&organizationId=" + r.homes[7]},
		{"people of the district", "/people?limit=50&organizationId=" + r.district},
		{"caregivers on post in the district", "/people?limit=50&role=caregiver&status=onPost&organizationId=" + r.district},
		{"people everywhere", "/people?limit=50"},
		{"people of the district a year ago", "/people?limit=50&asOf=" + string(today.AddMonths(-12)) + "&organizationId=" + r.district},
		{"people everywhere, thirty years ago", "/people?limit=50&asOf=" + string(today.AddMonths(-360))},
		{"without pre-job training", "/people?limit=50&preJob=missing&organizationId=" + r.district},
		{"who has left", "/people?limit=50&status=left&organizationId=" + r.district},
		{"who is short of hours in the district", "/hours?limit=50&status=inProgress&organizationId=" + r.district},
		{"who misses most hours everywhere", "/hours?limit=50"},
		{"search by a short pinyin", "/people?q=zh"},
		{"search by a syllable, on post", "/people?q=zhang&status=onPost"},
		{"search by one character, on post", "/people?q=" + q("王") + "&status=onPost"},
		{"organisations", "/organizations?limit=50"},
		{"certificates of the district", "/certificates?limit=50&organizationId=" + r.district},
		{"certificates to verify in the district", "/certificates?limit=50&status=unverified&organizationId=" + r.district},
	}
}

// measure asks each question many times, in turns, and gives the medians.
func (r *register) measure(ctx context.Context) ([]time.Duration, error) {
	questions := r.questions()
	took := make([][]float64, len(questions))
	for turn := range turns + 10 {
		for i, q := range questions {
			t, err := timed(func() error { return r.ask(ctx, q.path) })
			if err != nil {
				return nil, err
			}
			if turn >= 10 { // the first warm up
				took[i] = append(took[i], t.Seconds())
			}
		}
	}
	out := make([]time.Duration, len(questions))
	for i, t := range took {
		out[i] = time.Duration(median(t) * float64(time.Second)).Round(10 * time.Microsecond)
	}
	return out, nil
}

func (r *register) ask(ctx context.Context, path string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+"/api/v1"+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+r.scene.token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err == nil && (res.StatusCode != http.StatusOK || bytes.Contains(body, []byte(`"items":[]`))) {
		err = fmt.Errorf("%s: %d %.200s", path, res.StatusCode, body)
	}
	return err
}
