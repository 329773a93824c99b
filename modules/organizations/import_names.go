package organizations

import (
	"context"
	"maps"
	"slices"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
)

// former warns of a row that calls an organisation by a name it no longer has:
// an old list makes no second home of it, and does not name it back.
func former(known *organizationDoc, row imports.Row) []imports.Problem {
	if known == nil || known.Name == row.Text(colName) {
		return nil
	}
	return []imports.Problem{imports.Because(colName, "organizations.import_former_name", "name", known.Name)}
}

// changes are the differences by column, for the preview; who is meant is named.
func (i *Importer) changes(ctx context.Context, row imports.Row, before Organization, to Particulars) ([]imports.Change, error) {
	named, err := i.service.Cards(ctx, []kernel.OrganizationID{before.Parent, to.Parent, before.OperatorGroup, to.OperatorGroup})
	if err != nil {
		return nil, err
	}
	name := func(id string) string {
		if card, ok := named[kernel.OrganizationID(id)]; ok {
			return card.Name
		}
		return id
	}
	after := before
	after.Particulars = to
	created := before.ID == ""
	found := differences(before, after)
	var out []imports.Change
	for _, field := range slices.Sorted(maps.Keys(found)) {
		column := columnOf(field)
		was, is, _ := strings.Cut(found[field], arrow)
		if created { // nothing was there, also where a zero would say so
			was = ""
		}
		switch column {
		case colParent, colGroup:
			was, is = name(was), name(is)
		case colClinic, colSmall:
			was, is = choice(was), choice(is)
		}
		if is == string(pending) {
			is = row.Text(column)
		}
		out = append(out, imports.Change{Column: column, Old: was, New: is})
	}
	return out, nil
}

// columnOf is the column of a field of the API; most are called as the field is.
func columnOf(field string) string {
	switch field {
	case "parentId":
		return colParent
	case "hasInHouseClinic":
		return colClinic
	case "operatorGroupId":
		return colGroup
	default:
		return field
	}
}

// choice is the word of the table for a yes or no.
func choice(said string) string {
	switch said {
	case "true":
		return "yes"
	case "false":
		return "no"
	default:
		return said
	}
}

// group finds an operator group by name, wherever it is registered: it is a
// link, not a reach.
func (i *Importer) group(ctx context.Context, scope *imports.Scope, name string) (kernel.OrganizationID, error) {
	everywhere := kernel.WithReach(ctx, kernel.Reach{Everywhere: true})
	found, err := i.named(everywhere, name, func(d organizationDoc) bool { return d.Kind == OperatorGroup })
	if err == nil && found == nil {
		return i.meant(ctx, scope, name, fault.ErrInvalid.At("body."+colGroup, "organizations.group_unknown", ""))
	}
	if err != nil {
		return "", err
	}
	return kernel.OrganizationID(found.ID), nil
}

// meant finds the organisation that a cell names, registered or in an earlier
// row of the file.
func (i *Importer) meant(ctx context.Context, scope *imports.Scope, name string, unknown *fault.Fault) (kernel.OrganizationID, error) {
	found, err := i.named(ctx, name, func(organizationDoc) bool { return true })
	if err != nil {
		return "", err
	}
	if found != nil {
		return kernel.OrganizationID(found.ID), nil
	}
	if _, earlier := scope.Seen.Met(byName(name), imports.Row{}); earlier {
		return pending, nil
	}
	return "", unknown
}

func (i *Importer) known(ctx context.Context, row imports.Row) (*organizationDoc, error) {
	return i.named(ctx, row.Text(colName), func(d organizationDoc) bool {
		return d.Kind == kindOf(row) && d.Division == row.Text(colDivision)
	})
}

// named finds an organisation in reach by its exact name, else by one that it
// had before.
func (i *Importer) named(ctx context.Context, name string, fits func(organizationDoc) bool) (*organizationDoc, error) {
	var found *organizationDoc
	reach := kernel.ReachFrom(ctx)
	q := store.Query{Index: "called", Equal: []any{pinyin.Fold(name)}}
	return found, i.service.docs.organizations.Each(ctx, q, func(d organizationDoc) error {
		known := slices.ContainsFunc(d.Names, func(n Name) bool { return n.Name == name })
		if !known || !reach.Covers(ids(d.Path)) || !fits(d) {
			return nil
		}
		if found == nil || d.Name == name {
			found = &d
		}
		if d.Name == name {
			return store.Stop
		}
		return nil
	})
}
