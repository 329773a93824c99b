package app

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"io/fs"

	"gopkg.in/yaml.v3"

	"carecert/modules/certificates/credential"
	"carecert/modules/certificates/layout"
	certificatesrule "carecert/modules/certificates/rule"
	hoursrule "carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/pinyin"
	"carecert/modules/organizations"
	organizationsrule "carecert/modules/organizations/rule"
	oversightrule "carecert/modules/oversight/rule"
	"carecert/modules/people"
	peoplerule "carecert/modules/people/rule"
	platformsrule "carecert/modules/platforms/rule"
	presentationsrule "carecert/modules/presentations/rule"
	retentionrule "carecert/modules/retention/rule"
	spotchecksrule "carecert/modules/spotchecks/rule"
	statisticsrule "carecert/modules/statistics/rule"
	surveysrule "carecert/modules/surveys/rule"
	"carecert/modules/training"
	trainingrule "carecert/modules/training/rule"
	witnessesrule "carecert/modules/witnesses/rule"
)

// rules are the dated numbers of the law and the tables of names, read once.
type rules struct {
	hours      []hoursrule.Row
	training   []trainingrule.Row
	reviews    []trainingrule.ReviewRow
	people     []peoplerule.PreJobRow
	careers    []peoplerule.CareerRow
	links      []peoplerule.LinkRow
	quality    []peoplerule.QualityRow
	privacy    []peoplerule.CorrectionRow
	notices    people.Notices
	periods    []retentionrule.Row
	showing    []presentationsrule.Row
	surveys    []surveysrule.Row
	witnesses  []witnessesrule.Row
	rates      []statisticsrule.Row
	coverage   statisticsrule.CoverageRows
	social     []statisticsrule.SocialRow
	catalog    statisticsrule.Catalogue
	spotChecks []spotchecksrule.Row

	radar        radarRules
	certificates certificatesrule.Rules
	templates    layout.House
	wordings     []credential.Row
	platforms    []platformsrule.Row
	filing       []organizationsrule.FilingRow
	regions      []organizations.Region
	readings     []pinyin.Reading
	columns      imports.Words
}

// radarRules are the figures of the radar's detectors, and the pension ages.
type radarRules struct {
	Detectors   []oversightrule.Row    `yaml:"detectors"`
	PensionAges []oversightrule.AgeRow `yaml:"pensionAges"`
}

func loadRules(files fs.FS) (r rules, err error) {
	var statistics struct {
		Certification []statisticsrule.Row        `yaml:"certification"`
		Coverage      statisticsrule.CoverageRows `yaml:"coverage"`
		SocialWorkers []statisticsrule.SocialRow  `yaml:"socialWorkers"`
	}
	var standards []statisticsrule.Standard
	for name, into := range map[string]any{
		"hours": &r.hours, "training": &r.training, "class_review": &r.reviews, "people": &r.people, "careers": &r.careers, "record_links": &r.links, "privacy": &r.privacy,
		"quality": &r.quality, "retention": &r.periods, "statistics": &statistics, "certificates": &r.certificates, "certificate_templates": &r.templates, "credentials": &r.wordings, "platforms": &r.platforms, "standards": &standards,
		"organizations": &r.filing, "radar": &r.radar, "presentations": &r.showing, "surveys": &r.surveys, "witnesses": &r.witnesses, "spot-checks": &r.spotChecks,
	} {
		if err := readYAML(files, "rules/"+name+".yaml", into); err != nil {
			return r, err
		}
	}
	r.rates, r.coverage, r.social = statistics.Certification, statistics.Coverage, statistics.SocialWorkers
	if r.catalog, err = statisticsrule.NewCatalogue(standards); err != nil {
		return r, fmt.Errorf("rules/standards.yaml: %w", err)
	}
	if err := r.coverage.Check(r.catalog); err != nil {
		return r, fmt.Errorf("rules/statistics.yaml: %w", err)
	}
	for _, row := range r.social {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/statistics.yaml: %w", err)
		}
	}
	if r.certificates, err = r.certificates.Ready(); err != nil {
		return r, fmt.Errorf("rules: %w", err)
	}
	for _, row := range r.platforms {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/platforms.yaml: %w", err)
		}
	}
	for _, row := range r.quality {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/quality.yaml: %w", err)
		}
	}
	for _, row := range r.radar.Detectors {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/radar.yaml: %w", err)
		}
	}
	for _, row := range r.showing {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/presentations.yaml: %w", err)
		}
	}
	for _, row := range r.surveys {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/surveys.yaml: %w", err)
		}
	}
	for _, row := range r.witnesses {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/witnesses.yaml: %w", err)
		}
	}
	for _, row := range r.spotChecks {
		if err := row.Check(); err != nil {
			return r, fmt.Errorf("rules/spot-checks.yaml: %w", err)
		}
	}
	if err := readYAML(files, "notices/privacy.yaml", &r.notices); err != nil {
		return r, err
	}
	raw, err := fs.ReadFile(files, "rules/import_columns.yaml")
	if err != nil {
		return r, fmt.Errorf("rules: %w", err)
	}
	if r.columns, err = imports.ParseWords(raw); err != nil {
		return r, fmt.Errorf("rules: import columns: %w", err)
	}
	if err := readCSV(files, "rules/regions.csv", 4, func(f []string) {
		r.regions = append(r.regions, organizations.Region{
			Code: kernel.RegionCode(f[0]), Name: f[1], Level: organizations.RegionLevel(f[2]), Parent: kernel.RegionCode(f[3]),
		})
	}); err != nil {
		return r, err
	}
	return r, readCSV(files, "rules/readings.csv", 3, func(f []string) {
		r.readings = append(r.readings, pinyin.Reading{Text: f[0], Pinyin: f[1], Surname: f[2] == "yes"})
	})
}

// readYAML refuses fields that nobody reads: a mistyped figure must not be
// overlooked.
func readYAML(files fs.FS, name string, into any) error {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("rules: %s: %w", name, err)
	}
	return nil
}

func readCSV(files fs.FS, name string, fields int, row func([]string)) error {
	f, err := files.Open(name)
	if err != nil {
		return fmt.Errorf("rules: %w", err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord = fields
	rows, err := r.ReadAll()
	if err != nil {
		return fmt.Errorf("rules: %s: %w", name, err)
	}
	for _, fields := range rows[1:] {
		row(fields)
	}
	return nil
}

// standards are the catalogue as courses choose from it.
func (r rules) standards() (out []training.Standard) {
	for _, s := range r.catalog.All() {
		out = append(out, training.Standard{ID: s.ID, Code: s.Code, Title: s.Title, Source: s.Source})
	}
	return out
}

// scores are the rows of data quality as statistics adds up by them.
func (r rules) scores() []statisticsrule.QualityRow {
	out := make([]statisticsrule.QualityRow, 0, len(r.quality))
	for _, q := range r.quality {
		row := statisticsrule.QualityRow{RuleHead: q.RuleHead, Weights: map[string]int64{}}
		for _, j := range q.Of() {
			row.Kinds = append(row.Kinds, statisticsrule.QualityKind{Kind: string(j.Kind), Dimension: string(j.Dimension)})
		}
		for d, w := range q.Weights {
			row.Weights[string(d)] = w
		}
		out = append(out, row)
	}
	return out
}
