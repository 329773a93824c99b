package hours

import (
	"slices"

	"carecert/modules/kernel"
)

// everywhere stands in every queue, for who reaches everywhere.
const everywhere = "*"

// stand takes over what the current claim says, for the ledger and the queues
// of the offices above whoever sent it.
func (d *presenceDoc) stand(offices []string) {
	c := current(d.Claims)
	d.CourseTitle, d.Category, d.OrganiserTier, d.Counts = c.Title, c.Category, c.Tier, c.Counts
	d.Minutes, d.Source, d.Reason, d.Flaw, d.RecordedAt = c.Minutes, SourceImport, c.Remark, c.flaw(), c.At
	d.StartsAt, d.EndsAt, d.In, d.Out = c.StartsAt, c.EndsAt, c.StartsAt, c.EndsAt
	if !c.Timed() {
		d.StartsAt, d.EndsAt = d.Date.Start().UTC(), d.Date.Start().UTC()
	}
	d.Queue = nil
	for _, o := range offices {
		d.Queue = append(d.Queue, queueOf(o, c.State))
	}
	d.Imports = nil
	for _, c := range d.Claims {
		if c.State != Withdrawn && !slices.Contains(d.Imports, c.Import) {
			d.Imports = append(d.Imports, c.Import)
		}
	}
}

func queueOf(office string, state ClaimState) string { return office + "/" + string(state) }

// offices are those whose queues it stands in.
func (d presenceDoc) offices() []string {
	state := current(d.Claims).State
	var out []string
	for _, q := range d.Queue {
		if cut := len(q) - len(state) - 1; cut > 0 && q[cut+1:] == string(state) {
			out = append(out, q[:cut])
		}
	}
	return out
}

// within tells whether one of the offices of the reach oversees the claim.
func (d presenceDoc) within(reach kernel.Reach) bool {
	offices := d.offices()
	path := make([]kernel.OrganizationID, len(offices))
	for i, o := range offices {
		path[i] = kernel.OrganizationID(o)
	}
	return reach.Covers(path)
}

func officesOf(card kernel.OrganizationCard) []string {
	out := []string{everywhere}
	for _, o := range card.Path {
		out = append(out, string(o))
	}
	return out
}
