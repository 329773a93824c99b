package people

import (
	"testing"

	"carecert/modules/kernel"
)

// A link that was kept under an older rule tells no more than a new one.
func TestAKeptSummaryIsShownByTheRuleOfToday(t *testing.T) {
	kept := Summary{NameMasked: "王*兰", Items: map[string][]kernel.RecordItem{"zh-CN": {
		{Chapter: kernel.ChapterSpells, Title: "养老护理员", Facts: []kernel.RecordFact{{Key: "reason", Value: "李大强投诉"}, {Key: "dispatched", Value: "是"}}},
		{Chapter: kernel.ChapterConduct, Title: "投诉"},
	}}}
	shown := kept.shown()
	items := shown.Items["zh-CN"]
	if len(items) != 1 || len(items[0].Facts) != 1 || items[0].Facts[0].Key != "dispatched" || shown.NameMasked != kept.NameMasked {
		t.Errorf("%+v", shown)
	}
	if len(kept.Items["zh-CN"]) != 2 {
		t.Error("what is kept was changed")
	}
}
