package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type instructorDoc struct {
	store.Doc      `bson:",inline"`
	Provider       kernel.OrganizationID   `bson:"provider"`
	ProviderPath   []kernel.OrganizationID `bson:"providerPath"`
	Name           string                  `bson:"name"`
	Subject        string                  `bson:"subject,omitempty"`
	Qualifications []Qualification         `bson:"qualifications,omitempty"`
	Left           bool                    `bson:"left,omitempty"`
	By             kernel.UserID           `bson:"by"`
	RecordedAt     time.Time               `bson:"recordedAt"`
}

func instructorSpec() store.Spec {
	return store.Spec{Name: "training_instructors", Indexes: []store.Index{
		{Name: "by_provider", Fields: []string{"providerPath", "name"}, Many: "providerPath"},
		{Name: "by_name", Fields: []string{"name"}},
	}}
}

func (d instructorDoc) instructor() Instructor {
	return Instructor{
		ID: d.ID, Provider: d.Provider, ProviderPath: d.ProviderPath, Name: d.Name, Subject: d.Subject, Qualifications: d.Qualifications,
		Left: d.Left, By: d.By, RecordedAt: d.RecordedAt, Stored: d.Version,
	}
}

func docOfInstructor(i Instructor) instructorDoc {
	return instructorDoc{
		Doc: store.Doc{ID: i.ID, Version: i.Stored}, Provider: i.Provider, ProviderPath: i.ProviderPath, Name: i.Name, Subject: i.Subject,
		Qualifications: i.Qualifications, Left: i.Left, By: i.By, RecordedAt: i.RecordedAt,
	}
}

func (c collections) instructor(ctx context.Context, id string) (Instructor, error) {
	doc, err := c.instructors.Get(ctx, id)
	return doc.instructor(), unknown(err, ErrTeacherUnknown)
}
