package rule

import (
	"cmp"
	"slices"
	"time"
)

// Remote are the figures of learning online. No source sets any of them: that
// somebody watched is believed because their device says so again and again,
// and because they answer when nobody told them that they would be asked
// (FACTS §8: random roll-call online). All of it is the house's.
type Remote struct {
	BeatSeconds      int      `yaml:"beatSeconds" json:"beatSeconds"`           // between two signs of life
	ToleranceSeconds int      `yaml:"toleranceSeconds" json:"toleranceSeconds"` // a sign may come so much later, a player run so much ahead
	SpeedPercent     int      `yaml:"speedPercent" json:"speedPercent"`         // of playing; 100 is as recorded
	PromptAfter      int      `yaml:"promptAfterSeconds" json:"promptAfterSeconds"`
	PromptBefore     int      `yaml:"promptBeforeSeconds" json:"promptBeforeSeconds"` // a question comes at a time between the two that nobody is told
	AnswerSeconds    int      `yaml:"answerSeconds" json:"answerSeconds"`
	Choices          int      `yaml:"choices" json:"choices"` // of things, one of which is asked for
	Things           []string `yaml:"things" json:"things"`   // named in the message files
}

func seconds(n int) time.Duration { return time.Duration(n) * time.Second }

// Watched is a stretch of watching with the places in the video, in
// milliseconds.
type Watched struct {
	Stretch      `bson:",inline"`
	PositionFrom int64 `bson:"positionFrom"`
	PositionTo   int64 `bson:"positionTo"`
	Device       int   `bson:"device"`
	Missed       bool  `bson:"missed,omitempty"` // nobody answered after it: counts nothing
}

// Prompt is a question that the server asked, and what became of it.
type Prompt struct {
	Ask        string    `bson:"ask"`
	Choices    []string  `bson:"choices"`
	AskedAt    time.Time `bson:"askedAt"`
	AnswerBy   time.Time `bson:"answerBy"`
	AnsweredAt time.Time `bson:"answeredAt"`
	Wrong      int       `bson:"wrong"` // answers before the right one
	Missed     bool      `bson:"missed"`
}

func (p Prompt) open() bool { return p.AnsweredAt.IsZero() && !p.Missed }

// Learning is how one person watches one session's material.
type Learning struct {
	Stretches  []Watched `bson:"stretches"`
	Prompts    []Prompt  `bson:"prompts"`
	LastAt     time.Time `bson:"lastAt"` // sign of life; zero before the first of a run
	Position   int64     `bson:"position"`
	Playing    bool      `bson:"playing"`
	Device     int       `bson:"device"`
	Confirmed  time.Time `bson:"confirmed"` // the last time that somebody certainly sat there
	NextPrompt time.Time `bson:"nextPrompt"`
	Paused     bool      `bson:"paused"` // by a question that nobody answered
}

// Beat is one sign of life.
type Beat struct {
	Position int64 // milliseconds into the video
	Playing  bool
	Answer   string
}

// Draw gives a number from 0 to below n that nobody can foresee.
type Draw func(n int) int

// Pending is the question that waits for an answer.
func (l Learning) Pending() (Prompt, bool) {
	n := len(l.Prompts)
	if n == 0 || !l.Prompts[n-1].open() {
		return Prompt{}, false
	}
	return l.Prompts[n-1], true
}

// Counted are the stretches that count.
func (l Learning) Counted() (out []Stretch) {
	for _, w := range l.Stretches {
		if !w.Missed {
			out = append(out, w.Stretch)
		}
	}
	return out
}

// Lost is how long was watched without anybody there to answer.
func (l Learning) Lost() (sum time.Duration) {
	for _, w := range l.Stretches {
		if w.Missed {
			sum += w.To.Sub(w.From)
		}
	}
	return sum
}

// Settle notices at an instant that a question was not answered in time: what
// was watched since the last good answer does not count, and the run stands
// still until somebody goes on.
func (l Learning) Settle(at time.Time) Learning {
	p, waits := l.Pending()
	if !waits || !at.After(p.AnswerBy) {
		return l
	}
	p.Missed = true
	l.Prompts = append(slices.Clone(l.Prompts[:len(l.Prompts)-1]), p)
	l.Paused, l.Playing = true, false
	var cut []Watched
	for _, w := range l.Stretches {
		switch {
		case !w.To.After(l.Confirmed):
		case !w.From.Before(l.Confirmed):
			w.Missed = true
		default: // the question came in the middle of it
			before, after := w, w
			part := w.PositionFrom + min(w.PositionTo-w.PositionFrom, l.Confirmed.Sub(w.From).Milliseconds())
			before.To, before.PositionTo = l.Confirmed, part
			after.From, after.PositionFrom, after.Missed = l.Confirmed, part, true
			cut = append(cut, before, after)
			continue
		}
		cut = append(cut, w)
	}
	l.Stretches = cut
	return l
}

// Start begins a run, or goes on on another device. Starting anew neither puts
// a question off nor answers it.
func (r Remote) Start(l Learning, device int, at time.Time, draw Draw) Learning {
	l = l.Settle(at)
	if l.Paused || l.Confirmed.IsZero() {
		l.Confirmed, l.NextPrompt = at, r.next(at, draw)
	}
	l.Paused, l.Playing, l.LastAt, l.Device = false, false, time.Time{}, device
	return l
}

func (r Remote) next(at time.Time, draw Draw) time.Time {
	return at.Add(seconds(r.PromptAfter + draw(max(0, r.PromptBefore-r.PromptAfter)+1)))
}

// Beat takes a sign of life. The server's clock counts, never the device's:
// presence grows by the time between two signs, at most by one interval with
// its tolerance, only where the video went on as it would have, and only by
// what was not watched before.
func (r Remote) Beat(l Learning, s Session, b Beat, at time.Time, draw Draw) Learning {
	l = l.Settle(at)
	if l.Paused {
		l.LastAt, l.Position = at, b.Position
		return l
	}
	l = r.answer(l, b.Answer, at, draw)
	if grown := r.growth(l, b, at); grown > 0 {
		l = l.grow(s, b.Position, grown)
	}
	l.LastAt, l.Position, l.Playing = at, b.Position, b.Playing
	if _, waits := l.Pending(); !waits && b.Playing && !at.Before(l.NextPrompt) && at.Before(s.EndsAt) {
		l = r.ask(l, at, draw)
	}
	return l
}

func (r Remote) answer(l Learning, answer string, at time.Time, draw Draw) Learning {
	p, waits := l.Pending()
	if !waits || answer == "" {
		return l
	}
	if answer == p.Ask {
		p.AnsweredAt, l.Confirmed, l.NextPrompt = at, at, r.next(at, draw)
	} else {
		p.Wrong++
	}
	l.Prompts = append(slices.Clone(l.Prompts[:len(l.Prompts)-1]), p)
	return l
}

// growth is how much presence lies between the last sign of life and this one.
func (r Remote) growth(l Learning, b Beat, at time.Time) time.Duration {
	if !l.Playing || l.LastAt.IsZero() || !at.After(l.LastAt) {
		return 0
	}
	elapsed, tolerance := at.Sub(l.LastAt), seconds(r.ToleranceSeconds)
	moved := time.Duration(b.Position-l.Position) * time.Millisecond
	if moved <= 0 || moved > elapsed*time.Duration(r.SpeedPercent)/100+tolerance {
		return 0 // stood still, went back, or jumped
	}
	if moved+tolerance < elapsed {
		elapsed = moved // it stood still for a part of the time
	}
	return max(0, min(elapsed, seconds(r.BeatSeconds)+tolerance)-l.seen(l.Position, b.Position))
}

// seen is how much of a part of the video has counted already: one minute played
// again and again is one minute learned.
func (l Learning) seen(from, to int64) time.Duration {
	var parts []Watched
	for _, w := range l.Stretches {
		if !w.Missed && w.PositionTo > from && w.PositionFrom < to {
			parts = append(parts, w)
		}
	}
	slices.SortFunc(parts, func(a, b Watched) int { return cmp.Compare(a.PositionFrom, b.PositionFrom) })
	var sum int64
	for _, w := range parts {
		if end := min(w.PositionTo, to); end > from {
			sum, from = sum+end-max(from, w.PositionFrom), max(from, end)
		}
	}
	return time.Duration(sum) * time.Millisecond
}

// grow adds presence after the last sign of life, inside the session.
func (l Learning) grow(s Session, position int64, by time.Duration) Learning {
	from, to := l.LastAt, l.LastAt.Add(by)
	if from.Before(s.StartsAt) {
		from = s.StartsAt
	}
	if to.After(s.EndsAt) {
		to = s.EndsAt
	}
	if !to.After(from) {
		return l
	}
	w := Watched{Stretch: Stretch{From: from, To: to}, PositionFrom: l.Position, PositionTo: position, Device: l.Device}
	all := slices.Clone(l.Stretches)
	if n := len(all) - 1; n >= 0 && all[n].To.Equal(from) && all[n].Device == w.Device && !all[n].Missed && all[n].PositionTo == w.PositionFrom {
		all[n].To, all[n].PositionTo = w.To, w.PositionTo
	} else {
		all = append(all, w)
	}
	l.Stretches = all
	return l
}

// ask puts a question: one of a few things is to be touched.
func (r Remote) ask(l Learning, at time.Time, draw Draw) Learning {
	things := slices.Clone(r.Things)
	for i := len(things) - 1; i > 0; i-- {
		j := draw(i + 1)
		things[i], things[j] = things[j], things[i]
	}
	things = things[:min(len(things), r.Choices)]
	if len(things) == 0 {
		return l
	}
	l.Prompts = append(slices.Clone(l.Prompts), Prompt{
		Ask: things[draw(len(things))], Choices: things, AskedAt: at, AnswerBy: at.Add(seconds(r.AnswerSeconds)),
	})
	return l
}
