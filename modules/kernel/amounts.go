package kernel

import "fmt"

// Minutes is a length of time. A class hour is a number of minutes that the
// rule row sets (45 in every source found).
type Minutes int

// ClassHours shows minutes as class hours with two decimals, truncated, so
// that 899 minutes never look like 20.
func (m Minutes) ClassHours(perHour Minutes) string {
	if perHour <= 0 {
		return "0.00"
	}
	h := int64(m) * 100 / int64(perHour)
	return fmt.Sprintf("%d.%02d", h/100, h%100)
}

// Money is an amount in fen.
type Money int64

// Ratio is a share of whole things; it is compared as integers and shown
// truncated: 1900/2501 shows 75.96 and is less than 76 %.
type Ratio struct {
	Numerator   int64 `json:"numerator" bson:"numerator"`
	Denominator int64 `json:"denominator" bson:"denominator"`
}

// Percent shows two decimals, never rounded up; "0.00" over nothing.
func (r Ratio) Percent() string {
	if r.Denominator <= 0 {
		return "0.00"
	}
	p := r.Numerator * 10000 / r.Denominator
	return fmt.Sprintf("%d.%02d", p/100, p%100)
}

// AtLeast compares with a target in basis points (76 % = 7600) by integers.
// A share of nothing meets no target.
func (r Ratio) AtLeast(targetBP int64) bool {
	return r.Denominator > 0 && r.Numerator*10000 >= targetBP*r.Denominator
}

// Gap is how many more are needed to reach the target, 0 when it is met.
func (r Ratio) Gap(targetBP int64) int64 {
	need := (targetBP*r.Denominator + 9999) / 10000
	return max(0, need-r.Numerator)
}

// SkillLevel is one of the five vocational levels; the small number is the
// higher skill. 0 is "none".
type SkillLevel int

const (
	// NoLevel means no certificate.
	NoLevel SkillLevel = 0
	// Level1 is 一级/高级技师.
	Level1 SkillLevel = 1
	// Level2 is 二级/技师.
	Level2 SkillLevel = 2
	// Level3 is 三级/高级工.
	Level3 SkillLevel = 3
	// Level4 is 四级/中级工.
	Level4 SkillLevel = 4
	// Level5 is 五级/初级工.
	Level5 SkillLevel = 5
)

// Valid tells whether it is one of the five.
func (l SkillLevel) Valid() bool { return l >= Level1 && l <= Level5 }

// Above tells whether l is a higher skill than m.
func (l SkillLevel) Above(m SkillLevel) bool {
	return l.Valid() && (!m.Valid() || l < m)
}
