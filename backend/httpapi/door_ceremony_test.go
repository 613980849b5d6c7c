package httpapi_test

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sting/backend/admin/admintest"
	"sting/backend/api"
)

// A follower hears of each ceremony with what is known of it, and of nothing
// else.
func TestCeremoniesAreFollowed(t *testing.T) {
	lab := &admintest.Door{
		News: make(chan api.Event), Tape: []api.CeremonySummary{{ID: "c1", Kind: "registration", State: "verified"}},
	}
	srv := httptest.NewServer(newDoor(lab).Handler())
	t.Cleanup(srv.Close)
	req, err := http.NewRequestWithContext(t.Context(), "GET", srv.URL+"/v1/ceremonies?follow=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := srv.Client().Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	go func() {
		for _, e := range []api.Event{{Topic: "sessions", ID: "s1"}, {Topic: "ceremonies", ID: "gone"}, {Topic: "ceremonies", ID: "c1"}} {
			lab.News <- e
		}
	}()
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		if data, ok := strings.CutPrefix(lines.Text(), "data: "); ok {
			if !strings.Contains(data, `"id":"c1"`) || !strings.Contains(data, `"state":"verified"`) {
				t.Errorf("the first line is %s", data)
			}
			return
		}
	}
	t.Errorf("the stream ended: %v", lines.Err())
}
