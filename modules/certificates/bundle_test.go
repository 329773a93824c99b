package certificates_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// bundled runs the queue until so many certificates are done, or all.
func (w *world) bundled(t *testing.T, who context.Context, id string, enough int64) certificates.Bundle {
	t.Helper()
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); w.queue.Run(ctx, 1) }()
	defer func() { stop(); <-ended }()
	for range 3000 {
		b := must[certificates.Bundle](t)(w.FindBundle(who, id))
		if b.EndedAt != nil || enough > 0 && b.Done >= enough {
			return b
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("the bundle does not end")
	return certificates.Bundle{}
}

func (w *world) unzipped(t *testing.T, who context.Context, id string) map[string][]byte {
	t.Helper()
	_, write, err := w.TakeBundle(who, id)
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := write(w.ctx, &raw); err != nil {
		t.Fatal(err)
	}
	in := must[*zip.Reader](t)(zip.NewReader(bytes.NewReader(raw.Bytes()), int64(raw.Len())))
	out := map[string][]byte{}
	for _, f := range in.File {
		var one bytes.Buffer
		r, err := f.Open()
		if err == nil {
			_, err = one.ReadFrom(r)
		}
		if err != nil || out[f.Name] != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		out[f.Name] = one.Bytes()
	}
	return out
}

// A server that is stopped on the way goes on where it was: nothing is printed
// twice or left out.
func TestABundleOfAClassSurvivesAStop(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const n = 120
		var all []certificates.Certificate
		for i := range n {
			all = append(all, w.issue(t, completion("person-1", fmt.Sprint("one:", i))))
		}
		other := completion("person-2", "other")
		other.Class = "class-2"
		w.issue(t, other)
		gone := must[certificates.Certificate](t)(w.Revoke(w.as(school), all[0].ID, "证件有误"))

		b := must[certificates.Bundle](t)(w.Bundle(w.as(school), certificates.BundleDraft{Class: "class-1", Reason: "发给学员"}))
		if b.Total != n-1 || b.Parts != 2 {
			t.Fatalf("%+v", b)
		}
		if _, _, err := w.TakeBundle(w.as(school), b.ID); !errors.Is(err, certificates.ErrBundleUndone) {
			t.Errorf("taken before it is done: %v", err)
		}
		if half := w.bundled(t, w.as(school), b.ID, 100); half.Done != 100 {
			t.Logf("stopped at %d", half.Done)
		}
		done := w.bundled(t, w.as(school), b.ID, 0)
		if done.Done != n-1 || len(done.Skipped) > 0 {
			t.Errorf("%+v", done)
		}
		files := w.unzipped(t, w.as(school), b.ID)
		if len(files) != n-1 || files[gone.Number+" 王秀兰.pdf"] != nil {
			t.Errorf("%d files", len(files))
		}
		if !bytes.Equal(files[all[7].Number+" 王秀兰.pdf"], w.printed(t, all[7].ID)) {
			t.Error("a file is not the print of its certificate")
		}
		if _, err := w.FindBundle(w.as(otherSchool), b.ID); !errors.Is(err, certificates.ErrBundleUnknown) {
			t.Errorf("somebody else sees it: %v", err)
		}
		var acts []string
		for _, a := range w.Logged() {
			if strings.HasSuffix(strings.ToLower(a.Verb), "bundle") {
				acts = append(acts, a.Verb+" "+a.Reason+" "+a.Detail["total"])
			}
		}
		if got := strings.Join(acts, "; "); got != "bundle 发给学员 119; takeBundle 发给学员 119" {
			t.Errorf("the operation log says %s", got)
		}
		w.Pass(7*24*time.Hour - time.Minute)
		if err := w.RemoveBundles(w.ctx); err != nil {
			t.Fatal(err)
		}
		must[certificates.Bundle](t)(w.FindBundle(w.as(school), b.ID))
		w.Pass(time.Hour)
		if err := w.RemoveBundles(w.ctx); err != nil {
			t.Fatal(err)
		}
		if left := must[[]certificates.Bundle](t)(w.Bundles(w.as(school))); len(left) > 0 {
			t.Errorf("past its time: %+v", left)
		}
	})
}

func TestABundleOfAList(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		first := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), w.candidate(1)))
		second := w.candidate(2)
		second.Level = 3
		higher := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), second))
		w.issue(t, completion("person-1", "a"))
		must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		rare := w.candidate(3)
		w.cards["candidate-3"] = kernel.PersonCard{ID: "candidate-3", Name: "王ئا", IDNumberMasked: "310118********0000", Reach: []kernel.OrganizationID{home, bureau}}
		rare.Name = "王ئا"
		unprintable := must[certificates.Certificate](t)(w.IssueLevel(w.as(body), rare))

		levels := certificates.Filter{Organization: body, Family: certificates.FamilySkillLevel}
		b := must[certificates.Bundle](t)(w.Bundle(w.as(body), certificates.BundleDraft{Filter: levels, Reason: "存档"}))
		done := w.bundled(t, w.as(body), b.ID, 0)
		files := w.unzipped(t, w.as(body), b.ID)
		if len(files) != 2 || files[first.Number+" 考生.pdf"] == nil || files[higher.Number+" 考生.pdf"] == nil {
			t.Errorf("%d files", len(files))
		}
		if len(done.Skipped) != 1 || done.Skipped[0] != unprintable.Number {
			t.Errorf("left out: %v", done.Skipped)
		}
		levels.Level = 3
		if b = must[certificates.Bundle](t)(w.Bundle(w.as(body), certificates.BundleDraft{Filter: levels, Reason: "存档"})); b.Total != 1 {
			t.Errorf("of level 3: %d", b.Total)
		}
		if _, err := w.Bundle(w.as(otherSchool), certificates.BundleDraft{Class: "class-1", Reason: "存档"}); !errors.Is(err, certificates.ErrBundleEmpty) {
			t.Errorf("out of reach: %v", err)
		}
		levels.Status = certificates.StatusRevoked
		if _, err := w.Bundle(w.as(body), certificates.BundleDraft{Filter: levels, Reason: "存档"}); !errors.Is(err, certificates.ErrBundleEmpty) {
			t.Errorf("none is revoked: %v", err)
		}
	})
}
