package inspect

import (
	_ "embed"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"sting/backend/api"
)

//go:embed spec-steps.json
var specSteps []byte

// specStep is one line of spec-steps.json.
type specStep struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Where string `json:"where"`
	Fault string `json:"fault"`
	After string `json:"after"`
}

// stepsOf returns the steps of a kind of ceremony in their order, ours behind
// the ones that they follow.
var stepsOf = sync.OnceValue(func() map[string][]specStep {
	var file struct {
		Registration   []specStep `json:"7.1"`
		Authentication []specStep `json:"7.2"`
		Ours           []specStep `json:"ours"`
	}
	if json.Unmarshal(specSteps, &file) != nil {
		return nil // a test sees to it that it decodes
	}
	place := func(list []specStep) []specStep {
		for _, own := range file.Ours {
			for after := range strings.SplitSeq(own.After, ", ") {
				if i := slices.IndexFunc(list, func(s specStep) bool { return s.ID == after }); i >= 0 {
					list = slices.Insert(list, i+1, own)
				}
			}
		}
		return list
	}
	return map[string][]specStep{registration: place(file.Registration), authentication: place(file.Authentication)}
})

// StepOf returns the id of the step at which a fault ends a ceremony of a kind,
// "" where it is none of the specification's. Faults that follow from what the
// relying party knows, and the bytes don't show, have their step too.
func StepOf(kind, fault string) string {
	switch key := kind + " " + fault; key {
	case "registration EXPIRED_CHALLENGE":
		return "7.1.8"
	case "authentication EXPIRED_CHALLENGE":
		return "7.2.11"
	case "authentication UNKNOWN_CREDENTIAL", "authentication REMOVED_CREDENTIAL":
		return "7.2.6"
	case "registration REFUSED_IN_BROWSER":
		return "7.1.2"
	case "authentication REFUSED_IN_BROWSER":
		return "7.2.2"
	}
	if fault == "" || fault == "MALFORMED" { // many steps end in that one
		return ""
	}
	for _, s := range stepsOf()[kind] {
		if s.Fault == fault {
			return s.ID
		}
	}
	return ""
}

// The kinds of ceremony.
const (
	registration   = "registration"
	authentication = "authentication"
)

// finding is why a step fails. The zero fault means the step's own.
type finding struct {
	fault, cause, fix, expected, received string
}

// board is the list of steps while they are being judged. A verdict never gets
// better: a failed step stays failed, a warning stays at least a warning.
type board struct {
	steps []api.ExplainedStep
	own   map[string]string // the fault of a step, by id
	open  *finding          // what could not be checked, the first
}

func newBoard(kind string) *board {
	b := &board{own: map[string]string{}}
	for _, s := range stepsOf()[kind] {
		note := "What this step reads did not come, or could not be decoded."
		if s.Where != "" {
			note = "This step is taken " + s.Where + "; the answer shows nothing of it."
		}
		b.steps = append(b.steps, api.ExplainedStep{ID: s.ID, Title: s.Title, Verdict: Skipped, Note: note})
		b.own[s.ID] = s.Fault
	}
	return b
}

func (b *board) at(id string) *api.ExplainedStep {
	for i := range b.steps {
		if b.steps[i].ID == id {
			return &b.steps[i]
		}
	}
	return &api.ExplainedStep{} // an id of the other kind of ceremony: nothing to judge
}

// pass notes that a step holds.
func (b *board) pass(id, expected, received, note string) {
	s := b.at(id)
	if s.Verdict == Failed || s.Verdict == Warning {
		return
	}
	s.Verdict, s.Expected, s.Received, s.Note = Passed, expected, received, note
}

// fail notes that a step does not hold. The first finding of a step decides.
func (b *board) fail(id string, f finding) {
	s := b.at(id)
	if s.Verdict == Failed {
		s.Note = joinNotes(s.Note, f.cause)
		return
	}
	if f.fault == "" {
		f.fault = b.own[id]
	}
	if f.fault == "" {
		f.fault = "MALFORMED"
	}
	note := ""
	if s.Verdict == Warning {
		note = s.Note
	}
	*s = api.ExplainedStep{
		ID: s.ID, Title: s.Title, Verdict: Failed, Expected: f.expected, Received: f.received,
		Note: note, Fault: f.fault, Cause: f.cause, Fix: f.fix,
	}
}

// warn notes a doubt that refuses nothing.
func (b *board) warn(id, expected, received, note string) {
	s := b.at(id)
	if s.Verdict == Failed || s.Verdict == Warning {
		s.Note = joinNotes(s.Note, note)
		return
	}
	s.Verdict, s.Expected, s.Received, s.Note = Warning, expected, received, note
}

// skip notes why nothing was looked at.
func (b *board) skip(id, received, note string) {
	if s := b.at(id); s.Verdict == Skipped {
		s.Received, s.Note = received, note
	}
}

// unverifiable skips a step that would have to hold before anybody may call the
// ceremony good.
func (b *board) unverifiable(id, received, cause, fix string) {
	b.skip(id, received, cause)
	b.doubt(cause, fix)
}

// doubt keeps the ceremony from being called good.
func (b *board) doubt(cause, fix string) {
	if b.open == nil {
		b.open = &finding{cause: cause, fix: fix}
	}
}

// failed reports whether a step has failed.
func (b *board) failed() bool {
	return slices.ContainsFunc(b.steps, func(s api.ExplainedStep) bool { return s.Verdict == Failed })
}

func joinNotes(a, b string) string { return strings.TrimSpace(a + " " + b) }
