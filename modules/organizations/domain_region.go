package organizations

import "carecert/modules/kernel"

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

// Regions is the table by code.
type Regions map[kernel.RegionCode]Region

func regionsOf(rows []Region) Regions {
	out := make(Regions, len(rows))
	for _, r := range rows {
		out[r.Code] = r
	}
	return out
}
