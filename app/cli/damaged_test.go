package cli_test

import (
	"testing"

	"sting/backend/admin/admintest"
	"sting/backend/api"
)

func TestACopyThatLacksWhatIsDamagedSaysSoAndFails(t *testing.T) {
	lab := &admintest.Door{Lab: api.Status{Damaged: []api.Damaged{{
		What: "account", ID: "i-2", Of: "bob@example.org", File: "sting.db",
		Text: "The account of bob@example.org (i-2) in sting.db can't be read: checksum differs.", Fix: "Put a snapshot back.",
	}}}}
	d := newDesk(lab)
	const named = `The account of bob@example\.org \(i-2\) in sting\.db can't be read`
	d.run(t, 0, "users")
	d.says(t, &d.err, named, "hint: Put a snapshot back")
	d.run(t, 0, "users", "--json")
	d.says(t, &d.out, `"damaged": \[`, named)
	for _, args := range [][]string{{"export"}, {"export", "--kratos"}, {"snapshot", "save", "one"}} {
		d.run(t, 1, args...)
		d.says(t, &d.err, named, "error: The copy lacks what is damaged: 1 value")
	}
	lab.Lab.Damaged = nil
	d.run(t, 0, "export")
	d.run(t, 0, "snapshot", "save", "one")
}
