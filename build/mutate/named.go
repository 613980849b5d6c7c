package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// replacement is one line broken by hand, and the test that holds it. AWAKE in
// the new text stands for asking whether this mutant is awake.
type replacement struct {
	name     string
	file     string
	old, new string
	pkg      string // of the test
	test     string
}

// named are lines that once could be broken without any test noticing.
var named = []replacement{
	{
		name: "a passkey is finished with a stale proof",
		file: "backend/httpapi/passkeys.go",
		old:  "v, err := s.adding(r)\n\tif err != nil {\n\t\treturn err\n\t}\n\ta, err := answerOf(w, r)",
		new: "v, err := s.adding(r)\n\tif AWAKE {\n\t\tv, err = s.acting(r)\n\t}\n\tif err != nil {\n\t\treturn err\n\t}\n" +
			"\ta, err := answerOf(w, r)",
		pkg: "backend", test: "TestAPasskeyIsNotFinishedWithAStaleProof",
	},
	{
		name: "a record without a browser is held by every client without a cookie",
		file: "backend/httpapi/ceremony.go",
		old:  "return browser != nil && bytes.Equal(", new: "return (browser != nil || AWAKE) && bytes.Equal(",
		pkg: "backend", test: "TestARecordWithoutABrowserIsReadByNobodyHere",
	},
	{
		name: "a registration leaves the earlier session alive",
		file: "backend/signin/password.go",
		old:  "a, err := s.Passwords.Register(ctx, r)\n\tif err != nil {",
		new:  "a, err := s.Passwords.Register(ctx, r)\n\tif err != nil || AWAKE {\n\t\tif err == nil {\n\t\t\treturn a, nil\n\t\t}",
		pkg:  "backend", test: "TestARegistrationEndsTheEarlierSession",
	},
	{
		name: "of two CSRF cookies the first is believed",
		file: "backend/kratos/idp/csrf.go",
		old:  "len(found) != 1", new: "len(found) != 1 && (len(found) == 0 || !AWAKE)",
		pkg: "backend/kratos/idp", test: "TestTwoCSRFCookiesProveNothing",
	},
	{
		name: "a page submits a native flow",
		file: "backend/kratos/idp/csrf.go",
		old:  `x.r.Header.Get("Origin") != ""`, new: `x.r.Header.Get("Origin") != "" && !AWAKE`,
		pkg: "backend/kratos/idp", test: "TestANativeFlowRefusesEveryOrigin",
	},
	{
		name: "Sec-Fetch-Site: none may write",
		file: "backend/loopback/rule.go",
		old:  "case \"none\":\n", new: "case \"none\":\n\t\t\tif AWAKE {\n\t\t\t\treturn own\n\t\t\t}\n",
		pkg: "backend", test: "TestAWriteThatNoPageSentIsRefused",
	},
	{
		name: "an unknown address costs no hash",
		file: "backend/kratos/idp/hasher.go",
		old:  "decoy, err := h.decoy()\n\t\tif err == nil {", new: "decoy, err := h.decoy()\n\t\tif err == nil && !AWAKE {",
		pkg: "backend/kratos/idp", test: "TestAnUnknownAddressCostsAsMuchAsAKnownOne",
	},
	{
		name: "an eleventh passkey by a race",
		file: "backend/store/credentials.go",
		old:  "active(have) >= passkey.MaxPasskeys", new: "active(have) >= passkey.MaxPasskeys && !AWAKE",
		pkg: "backend/passkey", test: "TestOfManyWhoRaceForTheTenthPlaceOneGetsIt",
	},
	{
		name: "a rename with two people's sessions",
		file: "backend/httpapi/passkeys.go",
		old:  "func (s *Site) renamePasskey(w http.ResponseWriter, r *http.Request) error {\n\tv, err := s.acting(r)",
		new: "func (s *Site) renamePasskey(w http.ResponseWriter, r *http.Request) error {\n\tv, err := s.acting(r)\n\tif AWAKE {\n" +
			"\t\tv, err = s.signedIn(r)\n\t}",
		pkg: "backend", test: "TestTwoPeoplesSessionsChangeNothingAnywhere",
	},
	{
		name: "the mock user while Kratos is unsure",
		file: "backend/httpapi/auth.go",
		old:  "len(seen.Unsure) == 0 {\n\t\tif v, on", new: "(len(seen.Unsure) == 0 || AWAKE) {\n\t\tif v, on",
		pkg: "backend", test: "TestTheMockUserStandsBackWhileKratosCannotTell",
	},
	{
		name: "two origins open an answer",
		file: "backend/loopback/rule.go",
		old:  `len(from) > 1`, new: `len(from) > 1 && !AWAKE`,
		pkg: "backend", test: "TestTwoOriginsOpenNothing",
	},
	{
		name: "a foreign curve",
		file: "backend/passkey/key.go",
		old:  "COSEEllipticCurve(k.Curve) != want {", new: "COSEEllipticCurve(k.Curve) != want && !AWAKE {",
		pkg: "backend/passkey", test: "TestAForeignCurveIsRefusedWithoutTheLibrary",
	},
}

// runNamed fails when a named mutant survives, or is none any more.
func runNamed(ctx context.Context, root, dir string) error {
	began := time.Now()
	overlay, err := instrumentNamed(root, dir)
	if err != nil {
		return err
	}
	tests := make(map[string]*suite)
	for _, m := range named {
		if tests[m.pkg] == nil {
			if tests[m.pkg], err = compile(ctx, root, dir, overlay, m.pkg); err != nil {
				return err
			}
		}
	}
	errs := make([]error, len(named))
	each(len(named), func(i int) { errs[i] = named[i].try(ctx, i+1, tests[named[i].pkg]) })
	bad := 0
	for i, err := range errs {
		if err != nil {
			bad++
			fmt.Printf("%s: %v\n", named[i].name, err)
		}
	}
	fmt.Printf("%d named mutants, %d killed, in %v\n", len(named), len(named)-bad, time.Since(began).Round(time.Second))
	if bad > 0 {
		return fmt.Errorf("%d named mutants are not held by the test that they name", bad)
	}
	return nil
}

// instrumentNamed writes every named mutant, asleep, into an overlay.
func instrumentNamed(root, dir string) (string, error) {
	files := make(map[string]string)
	for i, m := range named {
		path := filepath.Join(root, m.file)
		if files[path] == "" {
			src, err := os.ReadFile(path)
			if err != nil {
				return "", err
			}
			files[path] = string(src)
			name, err := packageOf(src)
			if err != nil {
				return "", err
			}
			files[filepath.Join(filepath.Dir(path), "sting_mutants.go")] = fmt.Sprintf(asleep, name, len(named)+1)
		}
		if n := strings.Count(files[path], m.old); n != 1 {
			return "", fmt.Errorf("%s: %s holds the line %d times: write the mutant anew in build/mutate/named.go", m.name, m.file, n)
		}
		files[path] = strings.Replace(files[path], m.old, strings.ReplaceAll(m.new, "AWAKE", fmt.Sprintf("stingMutant(%d)", i+1)), 1)
	}
	return writeOverlay(filepath.Join(dir, "overlay"), files)
}

// try fails unless the test is green while the mutant sleeps and red while it is
// awake.
func (m replacement) try(ctx context.Context, id int, s *suite) error {
	run := func(awake int) ([]byte, error) {
		return s.run(ctx, 2*time.Minute, []string{"STING_MUTANT_AWAKE=" + strconv.Itoa(awake)}, "-test.run=^"+m.test+"$", "-test.v")
	}
	out, err := run(0)
	if err != nil || !bytes.Contains(out, []byte("--- PASS: "+m.test)) {
		return fmt.Errorf("%s is not green, or not there, with no mutant awake: %v\n%s", m.test, err, tail(out))
	}
	if out, err = run(id); err == nil {
		return fmt.Errorf("survived: %s stays green", m.test)
	}
	if !bytes.Contains(out, []byte("--- FAIL: "+m.test)) && !bytes.Contains(out, []byte("panic: ")) {
		return fmt.Errorf("%s did not end: %v\n%s", m.test, err, tail(out))
	}
	return nil
}

// writeOverlay writes the files beside each other and returns the path of the
// list that tells the go command which file each one stands for.
func writeOverlay(dir string, files map[string]string) (string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	replace := make(map[string]string, len(files))
	for path, text := range files {
		at := filepath.Join(dir, fmt.Sprintf("%d.go", len(replace)))
		if err := os.WriteFile(at, []byte(text), 0o600); err != nil {
			return "", err
		}
		replace[path] = at
	}
	list, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "overlay.json")
	return path, os.WriteFile(path, list, 0o600)
}
