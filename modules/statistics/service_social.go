package statistics

import (
	"cmp"
	"context"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

// Why somebody is listed behind the social workers.
const whyNoTraining = "no_training_record"

// SocialWorkers answers the homes under an organisation, those that are short
// first, and their sum.
func (s *Service) SocialWorkers(ctx context.Context, org kernel.OrganizationID, asOf kernel.Date) ([]SocialWorkers, SocialSum, error) {
	root, err := s.scope(ctx, org)
	if err != nil {
		return nil, SocialSum{}, err
	}
	cards, counts, err := s.homes(ctx, root.ID, asOf, standingBasis)
	if err != nil {
		return nil, SocialSum{}, err
	}
	all := make([]SocialWorkers, 0, len(cards))
	for _, c := range cards {
		row, _ := kernel.Nearest(s.social, c.Region, asOf)
		all = append(all, socialOf(c, asOf, row, counts[c.ID]))
	}
	slices.SortStableFunc(all, func(a, b SocialWorkers) int { return cmp.Compare(b.Short(), a.Short()) })
	return all, sumSocial(all), nil
}

func socialOf(card kernel.OrganizationCard, asOf kernel.Date, row rule.SocialRow, counts map[string]int64) SocialWorkers {
	w := SocialWorkers{Card: card, AsOf: asOf, Row: row, Social: row.SocialOf(counts)}
	required, clause, flags, known := row.Required(rule.Home{Beds: card.ApprovedBeds, Small: card.SmallCareHome})
	if w.Flags = flags; known {
		w.Required, w.Clause = &required, clause
	}
	if w.Social.OtherPosts > 0 {
		w.Flags = append(w.Flags, rule.FlagOtherPosts)
	}
	if w.Social.Untrained > 0 {
		w.Flags = append(w.Flags, rule.FlagUntrained)
	}
	return w
}

func sumSocial(all []SocialWorkers) (sum SocialSum) {
	for _, w := range all {
		sum.Trained += w.Social.Trained
		sum.Untrained += w.Social.Untrained
		sum.MissingPeople += w.Short()
		switch met := w.Met(); {
		case met == nil:
			sum.Undecided++
		case *met:
			sum.Homes, sum.Met = sum.Homes+1, sum.Met+1
		default:
			sum.Homes, sum.Short = sum.Homes+1, sum.Short+1
		}
	}
	return sum
}

// SocialPeople names the people behind the social workers: who serves as one
// without a training record, or who counts as trained.
func (s *Service) SocialPeople(ctx context.Context, q StandingQuery) (ListedPage, error) {
	card, err := s.scopeOn(ctx, q.Organization, q.AsOf)
	if err != nil {
		return ListedPage{}, err
	}
	row, _ := kernel.Nearest(s.social, card.Region, q.AsOf)
	return s.inStates(ctx, q, card, func(state rule.State) (string, []rule.Need, bool) {
		social := row.SocialOf(map[string]int64{string(state): 1})
		if q.State == stateMissing {
			return whyNoTraining, nil, social.Untrained > 0
		}
		return "", nil, social.Trained > 0
	})
}
