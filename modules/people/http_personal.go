package people

import (
	"context"
	"time"

	"carecert/modules/kit/web"
)

type personalDataView struct {
	ExportedAt  time.Time        `json:"exportedAt"`
	Person      personView       `json:"person"`
	IDNumber    string           `json:"idNumber" doc:"in clear for oneself, else masked"`
	Phone       string           `json:"phone,omitempty" doc:"in clear for oneself, else masked"`
	OtherNames  []string         `json:"otherNames" doc:"of records that turned out to be this person"`
	Spells      []spellView      `json:"spells" doc:"every version of every spell"`
	Consents    []consentView    `json:"consents" doc:"every word to a privacy notice"`
	Corrections []correctionView `json:"corrections" doc:"every request for correction"`
	Accounts    []OwnAccount     `json:"accounts" doc:"log-ins and their use"`
	Disclosures []Disclosure     `json:"disclosures" doc:"who opened what is masked, why, and who tried in vain"`
	Imports     []ImportNote     `json:"imports" doc:"files that something about the person came from"`
	Told        []ToldNote       `json:"told" doc:"what the person was told, the latest first"`
	PartsView
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
