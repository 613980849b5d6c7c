package admin_test

import (
	"errors"
	"strings"
	"testing"

	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/fault"
	"sting/backend/health"
	"sting/backend/identity"
	"sting/backend/passkey"
	"sting/backend/session"
)

func TestAPersonIsFoundListedAndRemovedWithAllTheyHave(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	ada, key, sess := h.person(t, "ada@example.org")
	h.person(t, "bob@example.org")

	byAddress, err := admin.User.Ask(ctx, h.door, api.ID{ID: " ADA@example.org "})
	if err != nil || byAddress.ID != string(ada.ID) || byAddress.Passkeys != 1 || byAddress.Sessions != 1 {
		t.Errorf("by address: %+v, %v", byAddress, err)
	}
	found, err := admin.Users.Ask(ctx, h.door, api.Query{Q: "BOB"})
	if err != nil || len(found.Items) != 1 || found.Items[0].Email != "bob@example.org" {
		t.Errorf("a search: %+v, %v", found, err)
	}
	if err := admin.RemoveUser.Do(ctx, h.door, api.ID{ID: "ada@example.org"}); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.User.Ask(ctx, h.door, api.ID{ID: string(ada.ID)}); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("the account is there after it was removed: %v", err)
	}
	tombstone, err := admin.Passkey.Ask(ctx, h.door, api.ID{ID: key.ID})
	if err != nil || tombstone.Status != "revoked" || tombstone.Email != "" {
		t.Errorf("the passkey is %+v, %v; want a tombstone", tombstone, err)
	}
	if left, err := admin.Session.Ask(ctx, h.door, api.ID{ID: string(sess.ID)}); err == nil && left.State == "active" {
		t.Errorf("the session lives on: %+v", left)
	}
	if err := admin.RemoveUser.Do(ctx, h.door, api.ID{ID: "ada@example.org"}); !errors.Is(err, identity.ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func TestAListIsCutIntoStretchesThatJoin(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	for _, name := range []string{"a", "b", "c", "d", "e"} {
		h.person(t, name+"@example.org")
	}
	for what, read := range map[string]func(api.Query) (ids []string, next string, err error){
		"people": func(q api.Query) (ids []string, _ string, _ error) {
			p, err := admin.Users.Ask(ctx, h.door, q)
			for _, i := range p.Items {
				ids = append(ids, i.ID)
			}
			return ids, p.Next, err
		},
		"passkeys": func(q api.Query) (ids []string, _ string, _ error) {
			p, err := admin.Passkeys.Ask(ctx, h.door, q)
			for _, i := range p.Items {
				ids = append(ids, i.ID)
			}
			return ids, p.Next, err
		},
		"sessions": func(q api.Query) (ids []string, _ string, _ error) {
			p, err := admin.Sessions.Ask(ctx, h.door, q)
			for _, i := range p.Items {
				ids = append(ids, i.ID)
			}
			return ids, p.Next, err
		},
	} {
		seen, stretches, q := map[string]bool{}, 0, api.Query{Limit: 2}
		for {
			ids, next, err := read(q)
			if err != nil || len(ids) > 2 {
				t.Fatalf("%s: %v, %v", what, ids, err)
			}
			for _, id := range ids {
				seen[id] = true
			}
			if stretches++; next == "" || stretches > 5 {
				break
			}
			q.After = next
		}
		if len(seen) != 5 || stretches != 3 {
			t.Errorf("%s: %d of 5 came in %d stretches", what, len(seen), stretches)
		}
	}
}

func TestWhatIsDamagedIsNamedWhereItIsMissing(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	for range 7 {
		h.machine.damage = append(h.machine.damage,
			health.Damage{File: "sting.db", What: "account", ID: "i-2", Whose: "bob@example.org", Fix: "Restore."})
	}
	h.machine.damage = append(h.machine.damage, health.Damage{What: "passkey", ID: "k"})
	first, err := admin.Users.Ask(ctx, h.door, api.Query{})
	if err != nil || len(first.Damaged) != 7 || first.Damaged[0].Of != "bob@example.org" {
		t.Errorf("%+v, %v", first, err)
	}
	if later, err := admin.Users.Ask(ctx, h.door, api.Query{After: "newest.AAAA"}); err != nil || later.Damaged != nil {
		t.Errorf("a later stretch names them again: %+v, %v", later, err)
	}
	status, err := admin.Status.Ask(ctx, h.door, api.None{})
	if err != nil || len(status.Damaged) != 8 || len(status.Warnings) != 6 || !strings.Contains(status.Warnings[5], "SV-12") {
		t.Errorf("the status warns with %q, %v; want five and where the others are", status.Warnings, err)
	}
}

func TestAPasskeyIsRenamedAndRemovedTheLastOneToo(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	_, key, _ := h.person(t, "ada@example.org")
	named, err := admin.RenamePasskey.Ask(ctx, h.door, api.RenamePasskey{ID: key.ID, Name: "  Phone "})
	if err != nil || named.Name != "Phone" || named.Email != "ada@example.org" {
		t.Errorf("%+v, %v", named, err)
	}
	_, err = admin.RenamePasskey.Ask(ctx, h.door, api.RenamePasskey{ID: key.ID})
	if got := fault.From(err); got.Kind != fault.Invalid || got.Field != "name" {
		t.Errorf("a name of nothing: %v", err)
	}
	if err := admin.RemovePasskey.Do(ctx, h.door, api.ID{ID: key.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := admin.RenamePasskey.Ask(ctx, h.door, api.RenamePasskey{ID: key.ID, Name: "x"}); !errors.Is(err, passkey.ErrNotFound) {
		t.Errorf("a tombstone was renamed: %v", err)
	}
	for _, err := range []error{
		admin.RemovePasskey.Do(ctx, h.door, api.ID{ID: "none"}),
		func() error { _, err := admin.Passkey.Ask(ctx, h.door, api.ID{ID: "none"}); return err }(),
		func() error { _, err := admin.PasskeyDetails.Ask(ctx, h.door, api.ID{ID: "none"}); return err }(),
	} {
		if !errors.Is(err, passkey.ErrNotFound) {
			t.Errorf("one that isn't there: %v", err)
		}
	}
}

func TestTheDetailsOfAPasskeySayWhatIsOddAboutIt(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	_, key, _ := h.person(t, "ada@example.org")
	_, err := h.store.UpdateCredential(ctx, key.ID, func(c *passkey.Credential) error {
		c.RPID, c.RevokedAt = "sting.localhost", began
		c.Counters = []passkey.Use{{At: began, SignCount: 9}, {At: began, SignCount: 3, BackupState: true}}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	d, err := admin.PasskeyDetails.Ask(ctx, h.door, api.ID{ID: key.ID})
	if err != nil || len(d.Uses) != 2 || !d.LeftBehind {
		t.Fatalf("%+v, %v", d, err)
	}
	said := strings.Join(d.Warnings, "\n")
	for _, want := range []string{`RP ID "sting.localhost"`, "was removed here", "from 9 to 3", "backup state changed to true"} {
		if !strings.Contains(said, want) {
			t.Errorf("the warnings don't say %q:\n%s", want, said)
		}
	}
}

func TestASessionThatIsEndedIsShownAsEnded(t *testing.T) {
	h, ctx := newHouse(t), t.Context()
	_, _, sess := h.person(t, "ada@example.org")
	id := api.ID{ID: string(sess.ID)}
	before, err := admin.Session.Ask(ctx, h.door, id)
	if err != nil || before.State != "active" || before.Email != "ada@example.org" {
		t.Errorf("%+v, %v", before, err)
	}
	if err := admin.EndSession.Do(ctx, h.door, id); err != nil {
		t.Fatal(err)
	}
	if after, err := admin.Session.Ask(ctx, h.door, id); err != nil || after.State != "ended" || after.EndedAt == nil {
		t.Errorf("%+v, %v", after, err)
	}
	if err := admin.EndSession.Do(ctx, h.door, api.ID{ID: "none"}); !errors.Is(err, session.ErrNotFound) {
		t.Errorf("one that isn't there: %v", err)
	}
}
