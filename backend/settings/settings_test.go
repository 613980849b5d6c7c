package settings_test

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"sting/backend/api"
	"sting/backend/session"
	"sting/backend/settings"
)

const ports = "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: off}\n"

// live is the configuration of a home folder with a sting.yml.
func live(t *testing.T, yml string) (*settings.Live, *bytes.Buffer) {
	t.Helper()
	var said bytes.Buffer
	log := slog.New(slog.NewTextHandler(&said, nil))
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "sting.yml"), []byte(ports+yml), 0o600); err != nil {
		t.Fatal(err)
	}
	l := &settings.Live{Home: dir, Log: log, Notices: &settings.Notices{Log: log}}
	if err := l.Load(); err != nil {
		t.Fatal(err)
	}
	return l, &said
}

func TestEachPartReadsItsOwn(t *testing.T) {
	l, _ := live(t, "session: {lifespan: 2h}\n")
	if got := l.Policy().Lifespan; got != 2*time.Hour {
		t.Errorf("sessions live for %v", got)
	}
	if l.OpenChallenges() <= 0 || l.Bounds().Count <= 0 || l.Bounds().Bytes <= 0 {
		t.Errorf("no bounds: %d, %+v", l.OpenChallenges(), l.Bounds())
	}
	if got := l.Opened(); len(got) != 1 || got[0] != l.Address() {
		t.Errorf("with the mailbox off a browser is sent to %q", got)
	}
	parties := l.Parties()
	if len(parties) != 1 || parties[0].ID != "localhost" || parties[0].Problem != "" || l.OriginOf(parties[0]) != l.Origin() {
		t.Errorf("relying parties: %+v", parties)
	}
	form := l.Form(8)
	if form.Password.MinLength != 8 || len(form.Steps) == 0 || len(form.Fields) == 0 {
		t.Errorf("the form is %+v", form)
	}
}

func TestPasskeysThatAreOffSaySo(t *testing.T) {
	l, _ := live(t, "webauthn: {enabled: false}\n")
	if got := l.Parties()[0]; !strings.Contains(got.Problem, "switched off") || got.ProblemFix == "" {
		t.Errorf("%+v", got)
	}
}

func TestAWarningIsSaidOnceHoweverOftenItIsMet(t *testing.T) {
	l, said := live(t, "")
	l.Notices.Warn("the moon is up", "", "the moon is up")
	l.Notices.Warn("the moon is up")
	if got := l.Notices.All(); len(got) != 1 || strings.Count(said.String(), "the moon is up") != 1 {
		t.Errorf("%q, logged as %s", got, said)
	}
}

func TestProblemsOfTheFileAreNotices(t *testing.T) {
	l, _ := live(t, "nonsense: 1\n")
	if got := l.Notices.All(); len(got) != 1 || !strings.HasPrefix(got[0], "sting.yml: ") || !strings.Contains(got[0], "nonsense") {
		t.Errorf("%q", got)
	}
}

func TestTheVerbDecidesOverTheFileUntilTheEnd(t *testing.T) {
	l, _ := live(t, "mock_user: {enabled: true, email: ann@example.org, role: admin}\n")
	changed := 0
	u := &settings.MockUser{Live: l, Now: time.Now, Changed: func() { changed++ }, Log: l.Log}
	view, on := u.View()
	if !on || view.Kind != session.KindMock || view.Person.Email != "ann@example.org" || view.Person.Role != "admin" ||
		len(u.Warnings()) != 1 {
		t.Fatalf("%+v, %v", view, on)
	}
	if _, err := u.Mock(t.Context(), api.MockRequest{On: false}); err != nil || u.On() || len(u.Warnings()) != 0 {
		t.Errorf("off: %v, %v", err, u.On())
	}
	if _, err := u.Mock(t.Context(), api.MockRequest{On: true, Email: "no address"}); err == nil || u.On() {
		t.Errorf("an address that is none: %v", err)
	}
	got, err := u.Mock(t.Context(), api.MockRequest{On: true, Email: "Bob@Example.org"})
	if err != nil || got.Email != "bob@example.org" || got.Role != "admin" || !u.On() || changed != 2 {
		t.Errorf("%+v, %v, told %d times", got, err, changed)
	}
}
