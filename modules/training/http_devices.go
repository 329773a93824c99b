package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

func (h *handlers) deviceRoutes(r *web.Router) {
	web.Put(r, "/check-in-devices", web.May("checkInDevice", "write"), h.knowDevice, web.Pace(20, 10), web.Summary("Tell which phone one checks in with"))
	web.Get(r, "/check-in-devices", web.May("checkInDevice", "read"), h.devices, web.Summary("One's own phones"))
	web.Delete(r, "/check-in-devices/{id}", web.May("checkInDevice", "write"), h.forgetDevice, web.Summary("Remove one of one's own phones"))
}

// deviceBody is the proof of a phone. What is signed, by ECDSA P-256 over
// SHA-256, are lines: of a check-in "carecert check-in 1", the session's id, the
// code's eight characters, in or out; of a phone "carecert device 1" and one's
// person id.
type deviceBody struct {
	Key       string `json:"key" minLength:"80" maxLength:"200" doc:"the public key: an uncompressed P-256 point or a SubjectPublicKeyInfo, in base64url"`
	Signature string `json:"signature" minLength:"86" maxLength:"88" doc:"r and s, 32 bytes each, in base64url"`
}

func (b *deviceBody) proof() (*DeviceProof, error) {
	if b == nil {
		return nil, nil
	}
	proof, err := kernel.ReadPhoneProof(b.Key, b.Signature)
	if err != nil {
		return nil, ErrDeviceSignature.Because(err)
	}
	return (*DeviceProof)(&proof), nil
}

type deviceView struct {
	ID     string    `json:"id"`
	Label  string    `json:"label"`
	Since  time.Time `json:"since" doc:"it checks in without a network to sessions that begin later"`
	SeenAt time.Time `json:"seenAt"`
}

type knowDeviceInput struct {
	Body struct {
		Device deviceBody `json:"device"`
		Label  string     `json:"label" maxLength:"100" doc:"what the phone calls itself"`
	}
}

func (h *handlers) knowDevice(ctx context.Context, in *knowDeviceInput) (*web.Body[deviceView], error) {
	proof, err := in.Body.Device.proof()
	if err != nil {
		return nil, err
	}
	d, err := h.service.KnowDevice(ctx, *proof, in.Body.Label)
	if err != nil {
		return nil, err
	}
	return web.Answer(deviceView(d)), nil
}

func (h *handlers) devices(ctx context.Context, _ *struct{}) (*web.Body[web.List[deviceView]], error) {
	found, err := h.service.Devices(ctx)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(each(found, func(d Device) deviceView { return deviceView(d) }), "", int64(len(found)), false)), nil
}

type deviceInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) forgetDevice(ctx context.Context, in *deviceInput) (*struct{}, error) {
	return nil, h.service.ForgetDevice(ctx, in.ID)
}
