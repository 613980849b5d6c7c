package backend_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	bolt "go.etcd.io/bbolt"

	"sting/backend/api"
	"sting/backend/clock"
	"sting/backend/labtest"
)

func TestTheDoctorNamesWhatIsWrongInTheFile(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		config, id, cause string
		hidden            []string
	}{
		"the guide's own, to the letter": {"webauthn: {config: {rp: {id: yourdomain.com, display_name: STING, origins: " +
			"[\"https://localhost:8443\"]}}}", "RP-03", "can't use passkeys of yourdomain.com", []string{"TLS-02", "RP-02", "RG-01", "SS-01"}},
		"an http origin": {"webauthn: {config: {rp: {id: localhost, origins: [\"http://lab.test:8443\"]}}}", "TLS-01", "no secure context",
			[]string{"LG-12", "RP-05"}},
	} {
		t.Run(name, func(t *testing.T) {
			lab := labtest.Start(t, c.config+"\n")
			f := blames(t, examined(t, lab), c.id, c.cause, c.hidden...)
			if want := "config check"; !strings.HasPrefix(f.Command, "sting --home ") || !strings.HasSuffix(f.Command, want) {
				t.Errorf("the command is %q", f.Command)
			}
			if err := os.WriteFile(filepath.Join(lab.Home, "sting.yml"),
				[]byte("ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			lab.Restart()
			well(t, examined(t, lab))
		})
	}
}

func TestTheOwnHostNeedsTrustAndACertificateOfItsName(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	lab := labtest.Start(t, "webauthn: {config: {rp: {id: lab.test}}}\n")
	f := blames(t, examined(t, lab), "TLS-02", "No store of this machine trusts")
	if !strings.HasSuffix(f.Command, " trust") {
		t.Errorf("the command is %q", f.Command)
	}

	other := labtest.Start(t, "")
	config := "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\ntls: {hosts: [other.test]}\n"
	done(t, os.WriteFile(filepath.Join(other.Home, "sting.yml"), []byte(config), 0o600))
	other.Restart()
	blames(t, examined(t, other), "TLS-03", "other.test", "TLS-02", "SV-01", "LG-12")
	if _, err := other.Trust(t.Context(), api.TrustRequest{Browsers: true}); err != nil {
		t.Fatal(err)
	}
	well(t, examined(t, other))
}

func TestACertificateThatRanOutIsReplaced(t *testing.T) {
	t.Parallel()
	var ahead atomic.Int64
	lab := labtest.StartWith(t, "", func(o *labtest.Options) {
		o.Clock = clock.New(func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) })
	})
	ahead.Store(int64(400 * 24 * time.Hour))
	blames(t, examined(t, lab), "TLS-04", "ran out", "TLS-03", "TLS-02", "SV-01", "TLS-01", "LG-12", "ML-01")
	repaired(t, lab, "TLS-04", "new certificate authority")

	ahead.Store(-int64(48 * time.Hour))
	blames(t, examined(t, lab), "SV-11", "went back", "TLS-04", "SV-01", "LG-12")
}

func TestAMovedClockIsSetRight(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	lab.Clock.Move(-3 * time.Hour)
	f := blames(t, examined(t, lab), "SV-11", "moved by -3h")
	if !f.Fixable || !strings.HasSuffix(f.Command, "clock reset") {
		t.Errorf("%+v", f)
	}
	repaired(t, lab, "SV-11", "clock right")
	if lab.Clock.Offset() != 0 {
		t.Error("the clock is still moved")
	}
}

func TestAPortOfAnotherProgramIsNamedWithItsHolder(t *testing.T) {
	t.Parallel()
	port := labtest.FreePort(t)
	ln, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	lab := labtest.Start(t, fmt.Sprintf("ports: {site: 0, kratos_public: %d, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n", port))
	f := blames(t, examined(t, lab), "SV-04", fmt.Sprintf("Port %d, which kratos_public needs, is held by", port), "SV-01", "ML-01", "LG-12")
	if !strings.Contains(strings.Join(f.Evidence, "\n"), fmt.Sprintf("kratos_public: port %d", port)) {
		t.Errorf("saw %q", f.Evidence)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	done(t, lab.StopService(t.Context(), "kratos"))
	done(t, lab.StartService(t.Context(), "kratos"))
	well(t, examined(t, lab))
}

// again starts what a stopped store took along.
func again(t *testing.T, lab *labtest.Lab) {
	t.Helper()
	done(t, lab.StopService(t.Context(), "store"))
	for _, name := range []string{"store", "mail", "kratos", "site"} {
		done(t, lab.StartService(t.Context(), name))
	}
}

func TestALockedDatabaseIsTheOneCause(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	done(t, lab.StopService(t.Context(), "store"))
	db, err := bolt.Open(filepath.Join(lab.Home, "sting.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := lab.StartService(t.Context(), "store"); err == nil {
		t.Error("the store starts with a file that another has")
	}
	blames(t, examined(t, lab), "SV-03", "Another program has the data file open", "SV-01", "ML-01", "LG-12", "SS-01")
	done(t, db.Close())
	again(t, lab)
	well(t, examined(t, lab))
}

func TestAStoppedServiceIsStarted(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	done(t, lab.StopService(t.Context(), "kratos"))
	f := blames(t, examined(t, lab), "SV-01", "kratos is Stopped", "TLS-01", "LG-12", "RG-01", "SS-01")
	if !strings.HasSuffix(f.Command, " start kratos") {
		t.Errorf("the command is %q", f.Command)
	}
	repaired(t, lab, "SV-01", "Started kratos")
}

func TestAStoppedCatcherIsStarted(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	done(t, lab.StopService(t.Context(), "mailpit"))
	blames(t, examined(t, lab), "ML-01", "doesn't answer at port", "ML-02", "ML-05", "ML-11")
	repaired(t, lab, "ML-01", "Started the mail service")
}

// mailServer speaks as much SMTP as a test wants; answers are by the first word.
func mailServer(t *testing.T, answers map[string]string) (port int) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				_, _ = io.WriteString(conn, "220 test\r\n")
				for lines := bufio.NewScanner(conn); lines.Scan(); {
					word, _, _ := strings.Cut(lines.Text(), " ")
					answer, ok := answers[word]
					if !ok {
						answer = "250 test"
					}
					_, _ = io.WriteString(conn, answer+"\r\n")
				}
			}()
		}
	}()
	return ln.Addr().(*net.TCPAddr).Port
}

// freePorts lets a file of a test draw every port.
const freePorts = "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"

func TestTheCouriersServerIsLookedAt(t *testing.T) {
	t.Parallel()
	nobody := labtest.Start(t, fmt.Sprintf("courier: {smtp: {connection_uri: \"smtp://test:test@localhost:%d/\"}}\n", labtest.FreePort(t)))
	blames(t, examined(t, nobody), "ML-02", "no mail server answers", "ML-05", "ML-11")
	done(t, os.WriteFile(filepath.Join(nobody.Home, "sting.yml"),
		[]byte(freePorts+"courier: {smtp: {connection_uri: \"smtp://test:test@mailpit:1025/?skip_ssl_verify=true\"}}\n"), 0o600))
	nobody.Restart()
	well(t, examined(t, nobody))

	plain := labtest.Start(t, fmt.Sprintf("courier: {smtp: {connection_uri: \"smtp://localhost:%d/\"}}\n", mailServer(t, nil)))
	blames(t, examined(t, plain), "ML-05", "MandatoryStartTLS", "ML-11")

	refusing := mailServer(t, map[string]string{"EHLO": "250-test\r\n250 AUTH PLAIN", "AUTH": "535 who are you"})
	lab := labtest.Start(t, fmt.Sprintf("courier: {smtp: {connection_uri: \"smtp://ann:secret@localhost:%d/?disable_starttls=true\"}}\n",
		refusing))
	lab.Browser().Register("ann@example.org") // which sends a mail
	for range 200 {                           // until the courier has tried
		r, err := lab.Examine(t.Context(), "ML-11", nil)
		done(t, err)
		if !r.Well {
			break
		}
	}
	blames(t, examined(t, lab), "ML-11", "mail")
}

func TestASchemaWithoutVerificationIsNamed(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	schema := `{"$schema":"http://json-schema.org/draft-07/schema#","type":"object","properties":{"traits":{"type":"object","properties":{
		"email":{"type":"string","format":"email","ory.sh/kratos":{"credentials":{"password":{"identifier":true}}}}},"required":["email"]}}}`
	done(t, os.WriteFile(filepath.Join(lab.Home, "identity.schema.json"), []byte(schema), 0o600))
	lab.Restart()
	blames(t, examined(t, lab), "ML-08", "no address to verify")
	done(t, os.Remove(filepath.Join(lab.Home, "identity.schema.json")))
	lab.Restart()
	well(t, examined(t, lab))
}

func TestPasskeysOfAnOlderRelyingPartyAreCounted(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	b := lab.Browser()
	b.Register("ann@example.org")
	b.AddPasskey()
	config := "ports: {site: 0, kratos_public: 0, kratos_admin: 0, smtp: 0, smtp_plain: 0, mail: 0}\n"
	path := filepath.Join(lab.Home, "sting.yml")
	done(t, os.WriteFile(path, []byte(config+"webauthn: {config: {rp: {id: sting.localhost}}}\n"), 0o600))
	lab.Restart()
	blames(t, examined(t, lab), "RP-07", "1 of localhost")
	done(t, os.WriteFile(path, []byte(config), 0o600))
	lab.Restart()
	well(t, examined(t, lab))
}

func TestABuildWithoutPagesIsSaid(t *testing.T) {
	t.Parallel()
	lab := labtest.StartWith(t, "", func(o *labtest.Options) { o.Pages = fstest.MapFS{} })
	blames(t, examined(t, lab), "SS-03", "This build has no pages")
}

func TestASecretThatIsMissingIsNoticedBeforeTheRestart(t *testing.T) {
	t.Parallel()
	lab := labtest.Start(t, "")
	done(t, lab.StopService(t.Context(), "store"))
	db, err := bolt.Open(filepath.Join(lab.Home, "sting.db"), 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte("settings")).Delete([]byte("secret:kratos")) })
	done(t, err)
	done(t, db.Close())
	again(t, lab)
	f := blames(t, examined(t, lab), "SS-05", "The secret kratos")
	if !strings.HasSuffix(f.Command, " restart") {
		t.Errorf("the command is %q", f.Command)
	}
	lab.Restart()
	well(t, examined(t, lab))
}

func TestAWrongSchemeOfAKratosElsewhereIsNamed(t *testing.T) {
	t.Parallel()
	elsewhere := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(elsewhere.Close)
	at := strings.Replace(elsewhere.URL, "http://", "https://", 1)
	lab := labtest.Start(t, fmt.Sprintf("kratos: {mode: external, public_url: %q, admin_url: %q}\n", at, at))
	blames(t, examined(t, lab), "TLS-05", "speaks plain HTTP", "SV-01", "TLS-01", "LG-12")
}
