package store_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sting/backend/passkey"
	"sting/backend/store/storetest"
	"sting/backend/tape"
)

func ceremony(id, browser string, after time.Duration) passkey.Ceremony {
	at := start().Add(after)
	return passkey.Ceremony{
		ID: id, Record: id, Kind: passkey.Authentication, Challenge: "challenge of " + id, Browser: []byte(browser),
		BeganAt: at, ExpiresAt: at.Add(passkey.SignInLifetime),
	}
}

func TestAFloodOfOneBrowserThrowsOutItsOwnCeremonies(t *testing.T) {
	s := storetest.New(t)
	must(t, s.PutCeremony(t.Context(), ceremony("mine", "me", 0)))
	for i := range 120 {
		must(t, s.PutCeremony(t.Context(), ceremony(fmt.Sprintf("flood%03d", i), "flood", time.Duration(i))))
	}
	open := 0
	for i := range 120 {
		_, err := s.TakeCeremony(t.Context(), fmt.Sprintf("flood%03d", i))
		if err == nil {
			open++
			if i < 70 {
				t.Errorf("number %d of 120 is open: the oldest go first", i)
			}
		}
	}
	if open != 50 {
		t.Errorf("%d of the flood are open, want 50", open)
	}
	if _, err := s.TakeCeremony(t.Context(), "mine"); err != nil {
		t.Errorf("another browser's flood threw out mine: %v", err)
	}
}

func TestACeremonyIsTakenAsItWasPut(t *testing.T) {
	s := storetest.New(t)
	c := ceremony("one", "me", time.Nanosecond)
	c.IdentityID, c.Decoy, c.Guest, c.Name = "ada", true, "loopback", "Key"
	c.Session, c.Options = []byte(`{"challenge": "x"}`), []byte(`{"rpId":"localhost"}`)
	c.RP = passkey.RelyingParty{
		ID: "localhost", Name: "STING", Origins: []string{"https://localhost:8443"}, OriginsLine: 3, UserVerification: "preferred",
		Timeout: time.Minute, Problem: "none", ProblemFix: "nothing", MitigateEnum: true,
	}
	must(t, s.PutCeremony(t.Context(), c))
	got, err := s.TakeCeremony(t.Context(), "one")
	must(t, err)
	if diff := cmp.Diff(c, got); diff != "" {
		t.Error(diff)
	}
}

func TestACeremonyIsFoundByItsOwnBrowserOnly(t *testing.T) {
	s := storetest.New(t)
	must(t, s.PutCeremony(t.Context(), ceremony("one", "me", 0)))
	id, err := s.CeremonyByChallenge(t.Context(), []byte("me"), "challenge of one")
	if err != nil || id != "one" {
		t.Errorf("got %q, %v", id, err)
	}
	_, err = s.CeremonyByChallenge(t.Context(), []byte("you"), "challenge of one")
	refused(t, err, "EXPIRED_CHALLENGE")
	_, err = s.CeremonyByChallenge(t.Context(), []byte("me"), "")
	refused(t, err, "EXPIRED_CHALLENGE")
	_, err = s.TakeCeremony(t.Context(), "one")
	must(t, err)
	_, err = s.CeremonyByChallenge(t.Context(), []byte("me"), "challenge of one")
	refused(t, err, "EXPIRED_CHALLENGE")
	_, err = s.TakeCeremony(t.Context(), "")
	refused(t, err, "EXPIRED_CHALLENGE")
}

func TestADamagedCeremonyHoldsUpNobody(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	must(t, s.PutCeremony(t.Context(), ceremony("broken", "me", 0)))
	for i := range 49 {
		must(t, s.PutCeremony(t.Context(), ceremony(fmt.Sprintf("c%02d", i), "me", time.Duration(i+1))))
	}
	done()
	damage(t, filepath.Join(dir, "tape.db"), "\x02\x66broken") // its record, in CBOR
	s, _ = storetest.Open(t, dir)
	if _, err := s.CeremonyByChallenge(t.Context(), []byte("me"), "challenge of broken"); err == nil {
		t.Error("the damaged one is returned")
	}
	if err := s.PutCeremony(t.Context(), ceremony("next", "me", time.Minute)); err != nil {
		t.Errorf("the browser of the damaged one can't begin: %v", err)
	}
	_, err := s.TakeCeremony(t.Context(), "broken")
	refused(t, err, "EXPIRED_CHALLENGE") // its place was needed
	gone, err := s.ExpireCeremonies(t.Context(), start().Add(passkey.SignInLifetime+time.Second), 500)
	if err != nil || len(gone) != 49 {
		t.Errorf("%d expired (%v), want the 49 others", len(gone), err)
	}
}

func TestExpiryPassesOverADamagedCeremony(t *testing.T) {
	dir := t.TempDir()
	s, done := storetest.Open(t, dir)
	for i, id := range []string{"broken", "good"} {
		must(t, s.PutCeremony(t.Context(), ceremony(id, id, time.Duration(i))))
	}
	done()
	damage(t, filepath.Join(dir, "tape.db"), "\x02\x66broken") // its record, in CBOR
	s, _ = storetest.Open(t, dir)
	_, err := s.TakeCeremony(t.Context(), "broken")
	refused(t, err, "STORE_UNAVAILABLE")
	for range 2 { // the second time nothing is left
		gone, err := s.ExpireCeremonies(t.Context(), start().Add(time.Hour), 500)
		must(t, err)
		for _, c := range gone {
			if c.ID != "good" {
				t.Errorf("%q expired", c.ID)
			}
		}
	}
	if _, err := s.TakeCeremony(t.Context(), "good"); err == nil {
		t.Error("the good one did not expire")
	}
}

func record(i int) tape.Record {
	return tape.Record{ID: fmt.Sprintf("r%05d", i), Kind: "registration", State: tape.Running, BeganAt: start()}
}

func TestTheTapeKeepsToItsBounds(t *testing.T) {
	s := storetest.New(t)
	wide := tape.Bounds{Count: 10, Bytes: 1 << 20}
	for i := range 25 {
		must(t, s.PutRecords(t.Context(), []tape.Record{record(i)}, wide))
	}
	list, err := s.Records(t.Context(), "", 100)
	must(t, err)
	if len(list) != 10 || list[0].ID != "r00024" || list[9].ID != "r00015" {
		t.Errorf("%d records from %s on, want the newest ten", len(list), list[0].ID)
	}
	for range 5 { // the same one again takes no place
		must(t, s.PutRecords(t.Context(), []tape.Record{record(24)}, wide))
	}
	if list, err = s.Records(t.Context(), "", 100); err != nil || len(list) != 10 {
		t.Errorf("%d records (%v) after one was written again", len(list), err)
	}
	must(t, s.PutRecords(t.Context(), []tape.Record{record(30)}, tape.Bounds{Count: 10, Bytes: 1000}))
	list, err = s.Records(t.Context(), "", 100)
	must(t, err)
	if len(list) == 0 || len(list) > 4 || list[0].ID != "r00030" {
		t.Errorf("%d records fit into a thousand bytes", len(list))
	}
}

func TestRecordsAreListedNewestFirstAndInPages(t *testing.T) {
	s := storetest.New(t)
	var all []tape.Record
	for i := range 500 {
		all = append(all, record(i))
	}
	must(t, s.PutRecords(t.Context(), all, tape.Bounds{Count: 1000, Bytes: 1 << 30}))
	before, n := "", 499
	for {
		page, err := s.Records(t.Context(), before, 70)
		must(t, err)
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			if want := record(n).ID; r.ID != want {
				t.Fatalf("got %s, want %s", r.ID, want)
			}
			n--
		}
		before = page[len(page)-1].ID
	}
	if n != -1 {
		t.Errorf("%d were never listed", n+1)
	}
	if page, err := s.Records(t.Context(), "zzz", 1); err != nil || len(page) != 1 || page[0].ID != "r00499" {
		t.Errorf("before an id that is newer than all: %v, %v", page, err)
	}
	_, err := s.Record(t.Context(), "r99999")
	refused(t, err, "NOT_FOUND")
}
