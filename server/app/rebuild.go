package app

import (
	"context"
	"fmt"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/imports"
	"carecert/modules/people"
	peoplerule "carecert/modules/people/rule"
	"carecert/modules/statistics"
	"carecert/modules/training"
)

// Rebuild works every read model out anew and counts what differed. What the
// program has learned to derive or to hear since the data were entered is
// filled in as well. Counters come first, for what is heard later is booked on
// them; then each part rests on those before it.
func (a *App) Rebuild(ctx context.Context) (differences int, err error) {
	for _, rebuild := range []func(context.Context) (int, error){
		a.Organizations.Service.Rebuild, a.Statistics.Service.Rebuild, a.supplyModes, a.Hours.Service.Rebuild, a.Certificates.Service.Rebuild, a.hearHolders, a.People.Service.Rebuild,
		a.hearJudgements, a.hearOpenImports, a.supplyCompletions, a.hearHeld, a.Training.Service.RebuildBases, a.Surveys.Service.Rebuild,
	} {
		n, err := rebuild(ctx)
		if differences += n; err != nil {
			return differences, err
		}
	}
	return differences, nil
}

// supplyModes lets hours know how sessions were taught that it recorded before
// minutes were told apart by mode.
func (a *App) supplyModes(ctx context.Context) (int, error) {
	return a.Hours.Service.SupplyModes(ctx, a.Training.Service.Modes)
}

// supplyCompletions lets statistics hear what it never heard of: completed
// classes, and the certificates of them that were revoked.
func (a *App) supplyCompletions(ctx context.Context) (differences int, err error) {
	ctx = kernel.AsSystem(ctx, "rebuild")
	var missing []training.Completed
	err = a.Training.Service.EachCompletion(ctx, func(f training.Completed) error {
		lacked, err := a.Statistics.Service.Supply(ctx, completed(f))
		if lacked {
			missing = append(missing, f)
		}
		return err
	})
	if err != nil {
		return len(missing), fmt.Errorf("rebuild completions: %w", err)
	}
	for _, f := range missing {
		c, err := a.Certificates.Service.Find(ctx, f.Certificate)
		if err != nil {
			return len(missing), fmt.Errorf("certificate of %s in %s: %w", f.Person, f.Class, err)
		}
		if c.Revocation == nil || c.Status != certificates.StatusRevoked {
			continue
		}
		if err := a.Statistics.Service.HearRevocation(ctx, statistics.Revoked{Person: f.Person, Class: f.Class, On: c.Revocation.On, At: c.Revocation.At}); err != nil {
			return len(missing), err
		}
	}
	return len(missing), nil
}

// hearHeld lets the radar see every closed session, and counts those that it
// had not seen as they stand.
func (a *App) hearHeld(ctx context.Context) (n int, err error) {
	ctx = kernel.AsSystem(ctx, "rebuild")
	err = a.Training.Service.EachHeld(ctx, func(id kernel.SessionID) error {
		h, err := watched(ctx, a.Training.Service, id)
		if err != nil {
			return err
		}
		news, err := a.Oversight.Service.CatchUp(ctx, h)
		if news {
			n++
		}
		return err
	})
	return n, err
}

// hearHolders tells the register whose certificates it has not heard of.
func (a *App) hearHolders(ctx context.Context) (n int, err error) {
	err = a.Certificates.Service.EachHolder(ctx, func(held []certificates.HoldingsChanged, open []certificates.Contested) error {
		var told []people.Papers
		for _, f := range held {
			told = append(told, people.Papers{Person: f.Person, Papers: papers(f.Holdings)})
		}
		var contests []people.Contest
		for _, f := range open {
			contests = append(contests, people.Contest{Person: f.Person, Conflicts: f.Conflicts})
		}
		m, err := a.People.Service.CatchUp(ctx, told, contests)
		n += m
		return err
	})
	return n, err
}

// hearJudgements tells statistics what it has not heard of people's records.
func (a *App) hearJudgements(ctx context.Context) (n int, err error) {
	err = a.People.Service.Judgements(ctx, func(facts []people.QualityChanged) error {
		all := make([]statistics.Judgement, 0, len(facts))
		for _, f := range facts {
			all = append(all, statistics.Judgement{Person: f.Person, On: f.On, Marks: qualityMarks(f.Marks)})
		}
		m, err := a.Statistics.Service.CatchUp(ctx, all)
		n += m
		return err
	})
	return n, err
}

// hearOpenImports tells statistics what it has not heard of refused rows.
func (a *App) hearOpenImports(ctx context.Context) (n int, err error) {
	err = a.Imports.Service.Open(ctx, func(f imports.RefusalsChanged) error {
		j, err := a.judgeRefusals(ctx, f)
		if err != nil {
			return err
		}
		m, err := a.Statistics.Service.CatchUp(ctx, []statistics.Judgement{j})
		n += m
		return err
	})
	return n, err
}

// judgeRefusals has the register judge what is left to mend of a file.
func (m *Modules) judgeRefusals(ctx context.Context, f imports.RefusalsChanged) (statistics.Judgement, error) {
	on, marks, err := m.People.Service.JudgeRefusals(ctx, peoplerule.Refusals{
		Import: f.Import, Kind: f.Kind, Organization: f.Organization, Since: f.Since, Rows: f.Rows,
	})
	return statistics.Judgement{Person: statistics.OfFile(f.Import), On: on, Marks: qualityMarks(marks)}, err
}
