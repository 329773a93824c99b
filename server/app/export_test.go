package app

import "context"

// Heard tells whether every fact has reached all who listen.
func (a *App) Heard(ctx context.Context) bool {
	n, err := a.house.bus.Backlog(ctx)
	return err == nil && n == 0
}
