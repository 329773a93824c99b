package kernel

// Reason is one ground of a verdict. Code names its words in the message
// files, Clause the source, Params the figures in it. Text is filled on the
// way out, in the reader's language.
type Reason struct {
	Code   string            `json:"code" bson:"code"`
	Clause string            `json:"clause" bson:"clause"`
	Params map[string]string `json:"params,omitempty" bson:"params,omitempty"`
	Text   string            `json:"text" bson:"-"`
}

// Evidence points to what a number or verdict rests on; Href opens by GET.
type Evidence struct {
	Label string `json:"label" bson:"label"`
	Href  string `json:"href" bson:"href"`
}

// Verdict is a legal decision that explains itself and can be reached again:
// RuleVersion names the row (and its version) that was applied.
type Verdict struct {
	Outcome     string     `json:"outcome" bson:"outcome"`
	Reasons     []Reason   `json:"reasons" bson:"reasons"`
	RuleVersion string     `json:"ruleVersion" bson:"ruleVersion"`
	Evidence    []Evidence `json:"evidence,omitempty" bson:"evidence,omitempty"`
}

// Because makes a reason; params come in pairs of name and value.
func Because(code, clause string, params ...string) Reason {
	r := Reason{Code: code, Clause: clause}
	for i := 0; i+1 < len(params); i += 2 {
		if r.Params == nil {
			r.Params = map[string]string{}
		}
		r.Params[params[i]] = params[i+1]
	}
	return r
}
