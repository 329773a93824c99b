package certificates

import (
	"context"
	"errors"
	"net/http"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/web"
)

func routesWithdrawals(r *web.Router, h *handlers) {
	web.Post(r, "/certificates/class-withdrawals", web.May("certificate", "withdrawClass"), h.withdrawClass, web.Status(http.StatusAccepted),
		web.Summary("Withdraw all certificates of a class with one decision; hours are not touched"))
	web.Get(r, "/certificates/class-withdrawals/{classId}", web.May("certificate", "read"), h.withdrawal,
		web.Summary("The decision on a class and how far it is carried out"))
}

type withdrawalView struct {
	ClassID string      `json:"classId"`
	Reason  string      `json:"reason"`
	ByName  string      `json:"byName"`
	On      kernel.Date `json:"on" format:"date"`
	At      time.Time   `json:"at"`
	Total   int64       `json:"total" doc:"certificates that were valid"`
	Done    int64       `json:"done" doc:"of them, revoked by now"`
	State   string      `json:"state" enum:"running,done,failed"`
	Hours   string      `json:"hours" doc:"what becomes of the hours, in words"`
}

func (h *handlers) viewWithdrawal(ctx context.Context, w Withdrawal) (*web.Body[withdrawalView], error) {
	v := withdrawalView{
		ClassID: string(w.Class), Reason: w.Reason, ByName: w.ByName, On: w.On, At: w.At, Total: w.Total, Done: w.Done, State: "running",
		Hours: web.Text(ctx, "certificates.withdrawal_hours"),
	}
	if w.EndedAt != nil {
		v.State = "done"
		return web.Answer(v), nil
	}
	status, err := h.s.jobs.Status(ctx, jobWithdraw+":"+string(w.Class))
	if errors.Is(err, job.ErrUnknown) || err == nil && status.State == job.Failed {
		v.State, err = "failed", nil
	}
	return web.Answer(v), err
}

type withdrawClassInput struct {
	Body struct {
		ClassID string `json:"classId" minLength:"1" maxLength:"64"`
		Reason  string `json:"reason" minLength:"2" maxLength:"200" doc:"told to the public with every certificate"`
	}
}

func (h *handlers) withdrawClass(ctx context.Context, in *withdrawClassInput) (*web.Body[withdrawalView], error) {
	w, err := h.s.WithdrawClass(ctx, kernel.ClassID(in.Body.ClassID), in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return h.viewWithdrawal(ctx, w)
}

type withdrawalInput struct {
	ClassID string `path:"classId" maxLength:"64"`
}

func (h *handlers) withdrawal(ctx context.Context, in *withdrawalInput) (*web.Body[withdrawalView], error) {
	w, err := h.s.Withdrawal(ctx, kernel.ClassID(in.ClassID))
	if err != nil {
		return nil, err
	}
	return h.viewWithdrawal(ctx, w)
}
