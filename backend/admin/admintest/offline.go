package admintest

import (
	"context"

	"sting/backend/admin"
	"sting/backend/api"
)

// Apps answers as ListApps does.
func (o Offline) Apps(ctx context.Context) (api.Page[api.App], error) {
	return admin.ListApps.Ask(ctx, o, api.None{})
}

// AddApp answers as the verb does.
func (o Offline) AddApp(ctx context.Context, in api.NewApp) (api.App, error) {
	return admin.AddApp.Ask(ctx, o, in)
}

// RemoveApp answers as the verb does.
func (o Offline) RemoveApp(ctx context.Context, name string) error {
	return admin.RemoveApp.Do(ctx, o, api.AppNamed{Name: name})
}
