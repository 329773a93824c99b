package organizations

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strings"

	"carecert/modules/kernel"
)

// RegionLevel is the level of a division.
type RegionLevel string

// The levels of policies/rules/regions.csv.
const (
	LevelProvince RegionLevel = "province"
	LevelCity     RegionLevel = "city"
	LevelDistrict RegionLevel = "district"
	LevelStreet   RegionLevel = "subdistrict"
)

// Region is one row of policies/rules/regions.csv.
type Region struct {
	Code   kernel.RegionCode
	Name   string
	Level  RegionLevel
	Parent kernel.RegionCode
}

// ParseRegions reads the table: code, name, level, parent under a header.
func ParseRegions(raw []byte) ([]Region, error) {
	r := csv.NewReader(bytes.NewReader(raw))
	r.FieldsPerRecord = 4
	rows, err := r.ReadAll()
	if err != nil {
		return nil, fmt.Errorf("regions: %w", err)
	}
	var out []Region
	for _, row := range rows[min(1, len(rows)):] {
		region := Region{Code: kernel.RegionCode(row[0]), Name: row[1], Level: RegionLevel(row[2]), Parent: kernel.RegionCode(row[3])}
		if !region.Code.Valid() {
			return nil, fmt.Errorf("regions: %q is no division code", row[0])
		}
		out = append(out, region)
	}
	return out, nil
}

// Regions is the table by code.
type Regions map[kernel.RegionCode]Region

func regionsOf(rows []Region) Regions {
	out := make(Regions, len(rows))
	for _, r := range rows {
		out[r.Code] = r
	}
	return out
}

// city tells whether a code stands for a whole city: 310100 is Shanghai's
// districts together, which the table lists under 310000.
func (r Regions) city(code kernel.RegionCode) bool {
	head, ok := strings.CutSuffix(string(code), "00")
	if !ok || len(code) != 6 || strings.HasSuffix(head, "00") {
		return false
	}
	for _, region := range r {
		if region.Level == LevelDistrict && strings.HasPrefix(string(region.Code), head) {
			return true
		}
	}
	return false
}
