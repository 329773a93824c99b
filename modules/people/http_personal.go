package people

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

type personalDataView struct {
	ExportedAt    time.Time        `json:"exportedAt"`
	Person        personView       `json:"person"`
	IDNumber      string           `json:"idNumber" doc:"in clear for oneself, else masked"`
	Phone         string           `json:"phone,omitempty" doc:"in clear for oneself, else masked"`
	OtherNames    []string         `json:"otherNames" doc:"of records that turned out to be this person"`
	Spells        []spellView      `json:"spells" doc:"every version of every spell"`
	Consents      []consentView    `json:"consents" doc:"every word to a privacy notice"`
	Corrections   []correctionView `json:"corrections" doc:"every request for correction"`
	Accounts      []OwnAccount     `json:"accounts" doc:"log-ins and their use"`
	Disclosures   []Disclosure     `json:"disclosures" doc:"who opened what is masked, why, and who tried in vain"`
	Imports       []ImportNote     `json:"imports" doc:"files that something about the person came from"`
	ImportChanges []Mend           `json:"importChanges" doc:"what files changed of a record that was known, while that is kept"`
	Told          []ToldNote       `json:"told" doc:"what the person was told, the latest first"`
	FormerNumbers []formerView     `json:"formerIdNumbers" doc:"that were corrected, or of records that turned out to be this person; masked: one may be another's"`
	Twins         []likeView       `json:"lookAlikes" doc:"where this record and another looked like one person's; of the other nothing is told"`
	Merges        []mergeView      `json:"merges" doc:"records that were merged into this one"`
	Transfers     []transferView   `json:"transfers" doc:"moves from one home to another that were asked for"`
	Links         []LinkView       `json:"recordLinks" doc:"links to the record, printed or shared"`
	Findings      []foundView      `json:"findings" doc:"what data quality finds in the record today"`
	PartsView
}

// foundView is a finding as oneself reads it.
type foundView struct {
	Text  string      `json:"text"`
	Mend  string      `json:"mend" doc:"how to mend it"`
	Since kernel.Date `json:"since" format:"date"`
}

// formerView is an identity number that the person had in the register.
type formerView struct {
	Type   rule.IDType `json:"idType"`
	Masked string      `json:"idNumberMasked"`
	Until  kernel.Date `json:"until" format:"date"`
	Why    Past        `json:"why" enum:"corrected,merged"`
}

// likeView is a finding of twins as one of them reads it.
type likeView struct {
	Other   string    `json:"other" doc:"words that name nobody"`
	Grounds []Ground  `json:"grounds" enum:"nameAndBirth,phone" doc:"what is the same"`
	State   TwinState `json:"state" enum:"open,distinct,merged"`
	FoundAt time.Time `json:"foundAt"`
}

// traces adds what the register did about the person.
func (h *handlers) traces(ctx context.Context, v *personalDataView, t Traces) (err error) {
	v.FormerNumbers, v.Twins, v.Merges, v.Links, v.Findings = []formerView{}, []likeView{}, viewMerges(t.Merges), []LinkView{}, []foundView{}
	v.ImportChanges = list(t.Mends)
	for _, n := range t.Numbers {
		v.FormerNumbers = append(v.FormerNumbers, formerView(n))
	}
	for _, w := range t.Twins {
		v.Twins = append(v.Twins, likeView{web.Text(ctx, "people.another_record"), list(w.Grounds), w.State, w.FoundAt})
	}
	for _, l := range t.Links {
		v.Links = append(v.Links, h.viewLink(l))
	}
	for _, f := range t.Findings {
		said := viewFinding(ctx, f, findingPlaceView{})
		v.Findings = append(v.Findings, foundView{Text: said.Text, Mend: said.Mend, Since: said.Since})
	}
	v.Transfers, err = h.transferViews(ctx, t.Transfers...)
	return err
}

func (h *handlers) personalData(ctx context.Context, in *personInput) (*web.Body[personalDataView], error) {
	own, err := h.service.PersonalData(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	v := personalDataView{
		ExportedAt: h.service.now(), IDNumber: own.IDNumber, Phone: own.Phone, OtherNames: list(own.Names), Consents: viewConsents(own.Consents),
		Accounts: list(own.Accounts), Disclosures: list(own.Disclosures), Imports: list(own.Imports),
		Told: list(own.Told), PartsView: viewParts(own.Parts),
	}
	if err := h.traces(ctx, &v, own.Traces); err != nil {
		return nil, err
	}
	if v.Person, err = h.view(ctx, own.Person); err != nil {
		return nil, err
	}
	if v.Spells, err = h.spellViews(ctx, own.Career); err != nil {
		return nil, err
	}
	if v.Corrections, err = h.viewCorrections(ctx, own.Corrections); err != nil {
		return nil, err
	}
	return web.Answer(v), nil
}

// list is never null.
func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}
