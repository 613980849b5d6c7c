package managed_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"sting/backend/kratos/managed"
)

// To Kratos an empty list of origins means every origin.
func TestKratosIsOpenToTheListedOriginsAlone(t *testing.T) {
	for name, origins := range map[string][]string{"two": {"https://localhost:8443", "https://localhost:5173"}, "none": nil} {
		t.Run(name, func(t *testing.T) {
			k, _ := kratos(t, "well")
			setting := k.Config()
			setting.Origins = origins
			k.Config = func() managed.Setting { return setting }
			ctx, cancel := context.WithCancel(t.Context())
			if err := k.Run(ctx, cancel); err != nil {
				t.Fatal(err)
			}
			raw, err := os.ReadFile(filepath.Join(k.Dir, "kratos.json"))
			if err != nil {
				t.Fatal(err)
			}
			var doc struct {
				Serve struct {
					Public struct {
						CORS struct {
							Enabled bool     `json:"enabled"`
							Origins []string `json:"allowed_origins"`
						} `json:"cors"`
					} `json:"public"`
				} `json:"serve"`
			}
			if err := json.Unmarshal(raw, &doc); err != nil {
				t.Fatal(err)
			}
			if got := doc.Serve.Public.CORS; got.Enabled != (origins != nil) || !slices.Equal(got.Origins, origins) {
				t.Errorf("cors: %+v", got)
			}
		})
	}
}

// THREATS T30: by itself a Kratos leaves the other sessions alone.
func TestAManagedKratosEndsTheOtherSessions(t *testing.T) {
	k, _ := kratos(t, "well")
	ctx, cancel := context.WithCancel(t.Context())
	if err := k.Run(ctx, cancel); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(filepath.Join(k.Dir, "kratos.json"))
	if err != nil {
		t.Fatal(err)
	}
	type after struct {
		Hooks []struct {
			Hook string `json:"hook"`
		} `json:"hooks"`
	}
	var doc struct {
		SelfService struct {
			Flows struct {
				Settings struct {
					After struct {
						Password after `json:"password"`
					} `json:"after"`
				} `json:"settings"`
				Recovery struct {
					After after `json:"after"`
				} `json:"recovery"`
			} `json:"flows"`
		} `json:"selfservice"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]after{"a new password": doc.SelfService.Flows.Settings.After.Password,
		"a recovery": doc.SelfService.Flows.Recovery.After} {
		if len(got.Hooks) != 1 || got.Hooks[0].Hook != "revoke_active_sessions" {
			t.Errorf("after %s: %+v", name, got)
		}
	}
}
