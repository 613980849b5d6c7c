package httpapi_test

import (
	"bufio"
	"context"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sting/backend/admin/admintest"
	"sting/backend/api"
	"sting/backend/service"
)

func TestAServiceIsChangedByItsNameInTheAddress(t *testing.T) {
	lab := &admintest.Door{Fails: map[string]error{"StopService": service.ErrUnknown}}
	door := newDoor(lab).Handler()
	for _, verb := range []string{"start", "restart"} {
		if w := call(door, "POST", "/v1/services/sting-kratos/"+verb, "", nil); w.Code != 200 {
			t.Errorf("%s: %d %s", verb, w.Code, w.Body)
		}
	}
	if w := call(door, "POST", "/v1/services/x%2Fy/stop", "", nil); w.Code != 404 || code(t, w) != "NOT_FOUND" {
		t.Errorf("stop: %d %s", w.Code, w.Body)
	}
	want := []string{"StartService sting-kratos", "RestartService sting-kratos", "StopService x/y"}
	if got := lab.Calls(); !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestALogIsAListAndAllIsTheWholeLab(t *testing.T) {
	lab := &admintest.Door{Log: []api.LogLine{{Service: "site", Level: "info", Text: "one"}, {Service: "kratos", Level: "error", Text: "two"}}}
	door := newDoor(lab).Handler()
	got := strings.TrimSpace(call(door, "GET", "/v1/services/all/logs?n=1", "", nil).Body.String())
	if want := `{"items":[{"at":"","service":"kratos","level":"error","text":"two"}],"next":""}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	call(door, "GET", "/v1/services/*/logs", "", nil)
	call(door, "GET", "/v1/services/site/logs", "", nil)
	if got, want := lab.Calls(), []string{"Logs  1", "Logs  100", "Logs site 100"}; !cmp.Equal(got, want) {
		t.Error(cmp.Diff(want, got))
	}
}

func TestALogIsFollowedAndAnUnknownOneIsRefusedFirst(t *testing.T) {
	lab := &admintest.Door{Log: []api.LogLine{{Text: "before"}}, Written: make(chan api.LogLine)}
	srv := httptest.NewServer(newDoor(lab).Handler())
	t.Cleanup(srv.Close)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		select {
		case lab.Written <- api.LogLine{Text: "while"}:
		case <-ctx.Done():
		}
	}()
	resp, err := srv.Client().Get(srv.URL + "/v1/services/site/logs?follow=1&n=5")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var texts []string
	for lines := bufio.NewScanner(resp.Body); len(texts) < 2 && lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "data:") {
			texts = append(texts, lines.Text())
		}
	}
	if len(texts) != 2 || !strings.Contains(texts[0], "before") || !strings.Contains(texts[1], "while") {
		t.Errorf("heard %q", texts)
	}

	lab.Fails = map[string]error{"Logs": service.ErrUnknown}
	if w := call(newDoor(lab).Handler(), "GET", "/v1/services/nosuch/logs?follow=1", "", nil); w.Code != 404 {
		t.Errorf("an unknown service: %d", w.Code)
	}
}
