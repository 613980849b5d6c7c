package config_test

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"sting/backend/config"
)

// drawn loads a home and draws its ports.
func drawn(t *testing.T, dir string) (config.Config, config.Report) {
	t.Helper()
	c, r, err := config.Load(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c, r, err = config.DrawPorts(c, r); err != nil {
		t.Fatal(err)
	}
	return c, r
}

func TestAPortIsDrawnOnceAndKeptAsLongAsItIsFree(t *testing.T) {
	dir := home(t, "ports: {site: 0, kratos_public: 0, kratos_admin: off}\n")
	first, r := drawn(t, dir)
	if !first.Ports.Site.Open() || !first.Ports.KratosPublic.Open() || first.Ports.Site == first.Ports.KratosPublic {
		t.Fatalf("drawn: %+v", first.Ports)
	}
	if first.Ports.KratosAdmin != config.Off || first.Ports.Mail != 8025 {
		t.Errorf("ports that weren't 0 were touched: %+v", first.Ports)
	}
	if want := "https://localhost:" + first.Ports.Site.String(); first.Origin() != want || len(r.Problems) > 0 {
		t.Errorf("Origin() = %s, want %s; problems %v", first.Origin(), want, r.Problems)
	}
	if got := r.Sources["ports.site"].String(); got != "sting.yml:1, drawn" {
		t.Errorf("the port comes from %q", got)
	}
	if info, err := os.Stat(filepath.Join(dir, "ports.json")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("ports.json: %v, %v", info.Mode(), err)
	}

	if c, _, err := config.Load(dir, nil); err != nil || c.Ports != first.Ports {
		t.Errorf("loaded again: %+v, %v, want what was drawn: %+v", c.Ports, err, first.Ports)
	}
	if again, _ := drawn(t, dir); again.Ports != first.Ports {
		t.Errorf("drawn again: %+v, want %+v", again.Ports, first.Ports)
	}

	l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(first.Ports.Site))))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	moved, _ := drawn(t, dir)
	if moved.Ports.Site == first.Ports.Site || moved.Ports.KratosPublic != first.Ports.KratosPublic {
		t.Errorf("with the site's taken: %+v, want another site and the same Kratos: %+v", moved.Ports, first.Ports)
	}
}

func TestADamagedNoteOfDrawnPortsIsDrawnAnew(t *testing.T) {
	dir := home(t, "ports: {site: 0}\n")
	for _, text := range []string{"{", `{"site": 99999999}`, `{"site": "x"}`, `{"site": -5}`} {
		write(t, filepath.Join(dir, "ports.json"), text)
		if c, _ := drawn(t, dir); !c.Ports.Site.Open() || c.Ports.Site > 65535 {
			t.Errorf("%s: site %d", text, c.Ports.Site)
		}
	}
}

func TestTwoListenersThatWantOnePort(t *testing.T) {
	for text, want := range map[string]struct {
		f    found
		open func(config.Ports) bool
	}{
		"ports: {site: 9000, mail: 9000}\n": {found{config.Error, 1, "ports.mail"},
			func(p config.Ports) bool { return p.Site == 9000 && p.Mail == config.Off }},
		"ports: {site: 1025}\n": {found{config.Error, 1, "ports.site"},
			func(p config.Ports) bool { return p.Site == 1025 && p.SMTP == config.Off }},
		"ports: {mail: 8443}\n": {found{config.Error, 1, "ports.mail"},
			func(p config.Ports) bool { return p.Site == 8443 && p.Mail == config.Off }},
	} {
		c, r := load(t, text, nil)
		if got := list(r.Errors()); len(got) != 1 || got[0] != want.f || !want.open(c.Ports) {
			t.Errorf("%s: %v, ports %+v", text, r.Problems, c.Ports)
		}
	}
	if c, r := load(t, "ports: {smtp: off, smtp_plain: off, mail: off}\n", nil); len(r.Errors()) > 0 || c.Ports.Mail != config.Off {
		t.Errorf("several that are off: %v", r.Problems)
	}
}
