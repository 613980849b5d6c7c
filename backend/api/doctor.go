package api

// Finding is one check of the doctor and what it found.
type Finding struct {
	ID       string   `json:"id"`    // TLS-03: `sting help TLS-03` explains it
	Title    string   `json:"title"` // what is well when it is ok
	Verdict  string   `json:"verdict" ts_type:"'ok' | 'warning' | 'failed' | 'skipped'"`
	Evidence []string `json:"evidence"` // what was looked at, and seen
	Cause    string   `json:"cause"`    // why it isn't ok, or why nobody looked
	Fix      string   `json:"fix"`      // what to do, a sentence
	Command  string   `json:"command"`  // the same as a command that works when copied, or ""
	Fixable  bool     `json:"fixable"`  // the doctor can do it: POST /v1/doctor/fix
	Needs    []string `json:"needs"`    // ids without which this one means nothing
	TookMS   float64  `json:"took_ms"`
	Help     string   `json:"help"`
}

// DoctorReport answers GET /v1/doctor and POST /v1/doctor/fix.
type DoctorReport struct {
	Well     bool      `json:"well"` // nothing failed
	Changed  []string  `json:"changed"`
	Findings []Finding `json:"findings"`
}

// DoctorEvent is one event of GET /v1/doctor?follow=1: a finding, and at the end
// the report.
type DoctorEvent struct {
	Finding *Finding      `json:"finding,omitempty"`
	Report  *DoctorReport `json:"report,omitempty"`
}

// DoctorFix is the body of POST /v1/doctor/fix.
type DoctorFix struct {
	Check string `json:"check"` // "" for all
}
