package virtual_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"

	"sting/backend/apps/watched"
)

//go:embed testdata/observe.js
var observe string

func TestAPageCannotTellThatItIsWatched(t *testing.T) {
	a := openApp(t)
	alone, looked := observed(t, a, nil), observed(t, a, func(watched.Ceremony) {})
	if len(alone) < 1000 {
		t.Errorf("only %d observations", len(alone))
	}
	for _, where := range slices.Sorted(maps.Keys(alone)) {
		if looked[where] != alone[where] {
			t.Errorf("%s is %s, and without the hook %s", where, looked[where], alone[where])
		}
	}
	if len(alone) != len(looked) {
		t.Errorf("%d observations, and without the hook %d", len(looked), len(alone))
	}
}

// leaves are what stands in JSON, by the way there.
func leaves(at string, v any, out map[string]string) {
	switch v := v.(type) {
	case map[string]any:
		for k, in := range v {
			leaves(at+"."+k, in, out)
		}
	case []any:
		for i, in := range v {
			leaves(fmt.Sprint(at, ".", i), in, out)
		}
	default:
		out[at] = fmt.Sprintf("%q", fmt.Sprint(v))
	}
}

// observed is what a page of an app finds out.
func observed(t *testing.T, a *foreignApp, seen func(watched.Ceremony)) map[string]string {
	t.Helper()
	w := &watcher{t: t}
	w.run(seen)
	w.open(a.origin + "/")
	raw, err := w.Evaluate(t.Context(), "("+observe+")()")
	var v any
	if err == nil {
		err = json.Unmarshal(raw, &v)
	}
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]string)
	leaves("", v, out)
	return out
}
