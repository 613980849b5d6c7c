package main

import (
	"path/filepath"
	"strings"
)

// scope are the files that decide who gets in: a folder, and the files in it ("":
// all). Files that draw, list or explain are not among them.
var scope = map[string]string{
	"backend/passkey":  "ceremonies finish key library manage parse strict take verify",
	"backend/session":  "own session sessions sources",
	"backend/signin":   "",
	"backend/loopback": "",
	"backend/origin":   "origin returnto rpid",
	"backend/httpapi":  "auth ceremony cookies cors door handle middleware passkeys site",
	"backend/kratos/idp": "codes csrf exchange expiry flow flows hasher login logout policy public recovery registration sessions settings " +
		"verification",
	"backend/store": "ceremonies credentials identities kratos_codes kratos_flows sessions",
}

// suites are the packages whose tests are asked, the quick ones first.
var suites = []string{
	"backend/origin", "backend/loopback", "backend/session", "backend/signin", "backend/passkey", "backend/httpapi", "backend/kratos/idp",
	"backend/store", "backend/kratos", "backend",
}

// asked are the files of tests that are asked where a package has many that start
// programs, or look at everything but who gets in.
var asked = map[string]string{
	"backend": "badinput ceremony contract cors enumeration external foreignpages guard import kratos_admin mock rawtarget sessions whogetsin",
}

// inScope reports whether a file, called by its path in the repository, is one
// that decides.
func inScope(path string) bool {
	files, ok := scope[filepath.ToSlash(filepath.Dir(path))]
	name, isGo := strings.CutSuffix(filepath.Base(path), ".go")
	if !ok || !isGo || strings.HasSuffix(name, "_test") {
		return false
	}
	return files == "" || strings.Contains(" "+files+" ", " "+name+" ")
}

// quiet are calls whose absence lets nobody in: what they do is told, drawn,
// ordered or waited for.
var quiet = []string{
	"Log", "Info", "Warn", "Error", "Debug", "InfoContext", "WarnContext", "ErrorContext", "DebugContext",
	"Record", "Publish", "Lock", "Unlock", "RLock", "RUnlock", "Done", "Wait", "Sort", "SortFunc", "SortStableFunc",
	"say", "fill", "fillTraits", "complain", "panic", "WriteHeader", "Write", "WriteString",
}

// worded are functions that put into words, name or draw what others decided.
var worded = []string{
	"shown", "firstOr", "wrongOrigin", "fromAssertion", "fromAttestation", "said", "orEmpty", "malformed", "badKey", "newRecordID",
	"defaultName", "Ceremonies.record",
	"answerer.fail", "notJSON", "unknownMembers", "encode", "Site.notes", "Site.views", "Site.passkeyStats", "device", "elsewhere",
	"Site.rpHost", "Site.port",
	"exchange.drawLogin", "exchange.drawRegistration", "exchange.drawCredentials", "exchange.drawSettings", "Config.page", "Config.home",
	"passwordNode",
}
