package training

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/store"
)

// MostVideo is how large a video kept here may be (CONTRACT §2); a longer one
// is named by its link.
const MostVideo = 50 << 20

// Linked names a video that another server keeps as the session's material.
func (s *Service) Linked(ctx context.Context, id kernel.SessionID, m Video) (Session, error) {
	if !isLink(m.Link) {
		return Session{}, ErrVideoLink.At("body.link", ErrVideoLink.Code, m.Link)
	}
	m.File, m.ContentType, m.Size = "", "", 0
	return s.setVideo(ctx, id, m, nil)
}

// KeptVideo is a video that was taken in and belongs to no session yet.
type KeptVideo struct {
	video  Video
	writer *blob.Writer
}

// KeepVideo takes in a video, before the transaction of Attach: what is not
// attached is swept. What it is, its bytes say.
func (s *Service) KeepVideo(ctx context.Context, id kernel.SessionID, m Video, name string, from io.ReadSeeker) (k KeptVideo, err error) {
	x, err := s.ownSession(ctx, id)
	if err != nil {
		return k, err
	}
	if err := m.covers(x.Plan.Minutes); err != nil {
		return k, err
	}
	k.writer, err = s.Files.Take(ctx, name, from, MostVideo, func(head []byte) (string, error) {
		m.ContentType = http.DetectContentType(head)
		if m.ContentType != "video/mp4" && m.ContentType != "video/webm" {
			return "", ErrVideoKind
		}
		return m.ContentType, nil
	})
	if err != nil {
		return k, err
	}
	m.Size = k.writer.Info().Size
	k.video = m
	return k, nil
}

// AttachVideo makes a video that was kept the session's material.
func (s *Service) AttachVideo(ctx context.Context, id kernel.SessionID, k KeptVideo) (Session, error) {
	return s.setVideo(ctx, id, k.video, k.writer)
}

func (s *Service) setVideo(ctx context.Context, id kernel.SessionID, m Video, video *blob.Writer) (x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.replannable(ctx, id); err != nil {
			return err
		}
		if err := x.stillPlanned(); err != nil {
			return err
		}
		if x.Plan.Mode != ModeRemote {
			return ErrNotRemote
		}
		if err := m.covers(x.Plan.Minutes); err != nil {
			return err
		}
		if err := s.docs.passGates(ctx, x); err != nil {
			return err
		}
		watched, err := s.begun(ctx, store.Query{Index: "by_session", Equal: []any{string(id)}})
		if err != nil {
			return err
		}
		if watched {
			return ErrVideoInUse
		}
		if x.Video != nil && x.Video.File != "" {
			if err := s.Files.Delete(ctx, x.Video.File); err != nil {
				return fmt.Errorf("replace a video: %w", err)
			}
		}
		m.By, m.RecordedAt = kernel.ActorFrom(ctx).User, s.now()
		if video != nil {
			kept, err := video.Commit(ctx)
			if err != nil {
				return err
			}
			m.File = kept.ID
		}
		x.Video = &m
		if err := s.docs.saveSession(ctx, &x); err != nil {
			return err
		}
		return s.record(ctx, "update", "learningMaterial", string(id), first(x.Provider), "", "title", m.Title)
	})
	return x, err
}

// Video reads the video of a session, from anywhere in it: for who is enrolled,
// for its provider and for the offices that see the class.
func (s *Service) Video(ctx context.Context, id kernel.SessionID) (Video, *io.SectionReader, error) {
	x, err := s.Session(ctx, id)
	if err != nil {
		return Video{}, nil, err
	}
	if x.Video == nil || x.Video.File == "" {
		return Video{}, nil, ErrNoVideo
	}
	if reach := ownReach(ctx); !reach.Covers(x.SeenBy) {
		if err := s.learns(ctx, x, reach.Self); err != nil {
			return Video{}, nil, err
		}
	}
	_, r, err := s.Files.Open(ctx, x.Video.File)
	return *x.Video, r, err
}
