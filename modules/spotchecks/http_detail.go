package spotchecks

import (
	"context"
	"encoding/base64"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/spotchecks/rule"
)

type entryView struct {
	How         rule.How           `json:"how" enum:"scanned,tapped,added"`
	At          time.Time          `json:"at" doc:"by the house's clock"`
	PhoneAt     time.Time          `json:"phoneAt" doc:"by the phone's"`
	Name        string             `json:"name,omitempty" doc:"of the roster; masked, as on the certificate; or what they call themselves"`
	PersonID    kernel.PersonID    `json:"personId,omitempty"`
	Posts       []string           `json:"posts"`
	Standing    rule.Standing      `json:"standing" enum:"onRoster,notOnBooks,other,nobody"`
	Repeated    bool               `json:"repeated" doc:"counted by an earlier entry"`
	Certified   bool               `json:"certified"`
	Level       *kernel.SkillLevel `json:"level,omitempty"`
	Told        string             `json:"told,omitempty" enum:"genuine,expired,superseded,revoked,forged,unknown,undecided" doc:"the phone's verdict, without a network"`
	Verdict     string             `json:"verdict,omitempty" enum:"genuine,expired,superseded,revoked,forged,unknown" doc:"the house's, as of the scan"`
	Showing     string             `json:"showing,omitempty" enum:"static,live,again,stale,foreign" doc:"how it was shown, as of the scan"`
	Title       string             `json:"title,omitempty" doc:"of the certificate"`
	Code        string             `json:"code,omitempty" doc:"public code of the certificate"`
	ChangedOn   kernel.Date        `json:"changedOn,omitempty" format:"date" doc:"revoked or replaced"`
	Remark      string             `json:"remark,omitempty"`
	QRText      string             `json:"qrText,omitempty" doc:"as it was scanned; for offices"`
	Differences []rule.Difference  `json:"differences" enum:"verdictDiffers,changedSince,codeDiffers,notLive,nowKnown"`
}

type missedView struct {
	PersonID  kernel.PersonID    `json:"personId"`
	Name      string             `json:"name"`
	Certified bool               `json:"certified"`
	Level     *kernel.SkillLevel `json:"level,omitempty"`
}

type evidenceView struct {
	Label string `json:"label"`
	Href  string `json:"href" doc:"opens by GET"`
}

type checkDetailView struct {
	CheckView
	Entries   []entryView    `json:"entries" doc:"in the order in which they were entered"`
	Missed    []missedView   `json:"missed" doc:"of the roster, whom nobody met"`
	Removed   bool           `json:"removed" doc:"what was signed was removed when its time was over"`
	Signed    string         `json:"signed,omitempty" doc:"the text that was signed; for offices"`
	Signature string         `json:"signature,omitempty" doc:"r and s, base64url"`
	Evidence  []evidenceView `json:"evidence"`
}

func levelOf(l kernel.SkillLevel) *kernel.SkillLevel {
	if !l.Valid() {
		return nil
	}
	return &l
}

func viewFound(f Found, office bool) entryView {
	v := entryView{
		How: f.How, At: f.HouseAt, PhoneAt: f.At, Name: f.Name, PersonID: f.Person, Posts: append([]string{}, f.Posts...), Standing: f.Standing, Repeated: f.Repeated,
		Certified: f.Certified, Level: levelOf(f.Level), Told: f.Told, Verdict: f.Verdict, Showing: f.Showing, Title: f.Title, Code: f.Code, ChangedOn: f.ChangedOn,
		Remark: f.Remark, Differences: append([]rule.Difference{}, f.Differences...),
	}
	if office {
		v.QRText = f.Text
	} else if f.Standing != rule.OnRoster && f.Standing != rule.Other {
		v.PersonID = "" // somebody else's employee, as far as the institution goes
	}
	return v
}

func (h *handlers) read(ctx context.Context, in *checkInput) (*web.Body[checkDetailView], error) {
	c, err := h.service.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	x, there, err := h.service.Result(ctx, c)
	if err != nil {
		return nil, err
	}
	office := Office(ctx, c.Path)
	v := checkDetailView{CheckView: h.view(ctx, c), Entries: []entryView{}, Missed: []missedView{}, Removed: c.Outcome != nil && !there, Evidence: []evidenceView{}}
	for _, f := range x.Entries {
		v.Entries = append(v.Entries, viewFound(f, office))
	}
	for _, m := range x.Missed {
		v.Missed = append(v.Missed, missedView{m.Person, m.Name, m.Certified, levelOf(m.Level)})
	}
	if office && there {
		v.Signed, v.Signature = x.Text, base64.RawURLEncoding.EncodeToString(x.Signature)
	}
	v.Evidence = evidence(ctx, c, v.Entries)
	return web.Answer(v), nil
}

// evidence leads to what the figures rest on.
func evidence(ctx context.Context, c Check, entries []entryView) []evidenceView {
	out := []evidenceView{{Label: c.Place.Name, Href: web.Prefix + "/organizations/" + string(c.Place.ID)}}
	seen := map[string]bool{}
	for n, e := range entries {
		if e.Code == "" || seen[e.Code] {
			continue
		}
		seen[e.Code] = true
		label := web.Text(ctx, "spotchecks.evidence", "n", strconv.Itoa(n+1), "name", e.Name, "title", e.Title)
		out = append(out, evidenceView{Label: label, Href: web.Prefix + "/public/certificates/" + e.Code})
	}
	return out
}
