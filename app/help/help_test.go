package help_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sting/app/help"
)

// contract has the codes of CONTRACT section 8.
const contract = `EXPIRED_CHALLENGE ORIGIN_MISMATCH TOP_ORIGIN_MISMATCH CROSS_ORIGIN_FRAME RPID_MISMATCH TYPE_MISMATCH
CHALLENGE_MISMATCH UP_MISSING UV_REQUIRED BE_CHANGED BS_WITHOUT_BE COUNTER_REGRESSED BAD_SIGNATURE BAD_KEY
ALGORITHM_NOT_OFFERED ATTESTATION_INVALID CREDENTIAL_KNOWN UNKNOWN_CREDENTIAL REMOVED_CREDENTIAL USER_HANDLE_MISMATCH
MALFORMED INVALID_FIELD COOKIE_AMBIGUOUS NO_PASSKEYS INVALID_CREDENTIALS NOT_FOUND REAUTH_REQUIRED NOT_YOUR_ACCOUNT
CROSS_ORIGIN UNAUTHENTICATED EMAIL_TAKEN SESSIONS_DISAGREE HOST MEDIA_TYPE TOO_LARGE TOO_MANY METHOD FRONT_DOWN
KRATOS_UNAVAILABLE STORE_UNAVAILABLE INTERNAL`

// internal are codes that only ever stand in the cause of another fault.
var internal = []string{"GO_WEBAUTHN"}

func TestEveryCodeOfTheProgramHasAnEntryAndEveryEntryACode(t *testing.T) {
	codes := declared(t)
	if len(codes) < 60 {
		t.Fatalf("only %d codes were found in the source", len(codes))
	}
	ofPages := declaredByPages(t)
	if len(ofPages) < 20 {
		t.Fatalf("only %d codes were found in the pages' source", len(ofPages))
	}
	maps.Copy(codes, ofPages)
	for _, code := range strings.Fields(contract) {
		codes[code] = "the contract"
	}
	for code, where := range codes {
		if _, ok := help.Find(code); !ok && !slices.Contains(internal, code) {
			t.Errorf("%s of %s has no entry", code, where)
		}
	}
	for _, code := range help.Codes() {
		if _, ok := codes[code]; !ok && !isCheck.MatchString(code) && !slices.Contains(exceptions, code) {
			t.Errorf("the entry %s explains a code that nothing shows", code)
		}
	}
}

// exceptions are the names that a ceremony may be refused with in a page: those of
// Web Authentication Level 3, sections 5.1.3, 5.1.4 and 5.1.10, of AbortSignal, and
// NotReadableError, which Chromium uses beside them.
var exceptions = []string{
	"AbortError", "ConstraintError", "DataError", "EncodingError", "InvalidStateError", "NotAllowedError", "NotReadableError",
	"NotSupportedError", "OperationError", "SecurityError", "TimeoutError", "TypeError", "UnknownError",
}

func TestEveryExceptionOfACeremonyHasAnEntryAsAConsolePrintsIt(t *testing.T) {
	for _, name := range exceptions {
		for _, typed := range []string{name, strings.ToLower(name), name + ": The operation either timed out or was not allowed.",
			"Uncaught (in promise) " + name + ": A request is already pending."} {
			if e, ok := help.Find(typed); !ok || e.Code != name {
				t.Errorf("%q: %q, %t", typed, e.Code, ok)
			}
		}
	}
}

var isCode = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)

// declared returns the codes that the program's source declares, and where: the
// second argument of fault.New and the member Code of a fault.Error.
func declared(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	codes := make(map[string]string)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git"):
			return fs.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if lit := codeOf(n, file.Name.Name); lit != nil {
				if code, err := strconv.Unquote(lit.Value); err == nil && isCode.MatchString(code) {
					codes[code] = path
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return codes
}

// inCapitals finds what can only be a code in a page's source, and alone what
// stands where a fault is made and is one word.
var (
	inCapitals = regexp.MustCompile(`"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)"`)
	alone      = regexp.MustCompile(`(?:\bcode:|\bfault\().*?"([A-Z][A-Z0-9]{3,})"`)
)

// declaredByPages returns the codes of faults that are made in the browser, and
// where: the strings in capitals of the pages' TypeScript, tests aside.
func declaredByPages(t *testing.T) map[string]string {
	t.Helper()
	codes := make(map[string]string)
	for _, part := range []string{"api", "browser", "passkey"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "frontend", "src", part, "*.ts*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			if strings.Contains(file, ".test.") {
				continue
			}
			src, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, pattern := range []*regexp.Regexp{inCapitals, alone} {
				for _, found := range pattern.FindAllSubmatch(src, -1) {
					codes[string(found[1])] = file
				}
			}
		}
	}
	return codes
}

func codeOf(n ast.Node, pkg string) *ast.BasicLit {
	switch n := n.(type) {
	case *ast.CallExpr:
		if (named(n.Fun, "fault", "New") || pkg == "fault" && ident(n.Fun, "New")) && len(n.Args) == 4 {
			lit, _ := n.Args[1].(*ast.BasicLit)
			return lit
		}
	case *ast.CompositeLit:
		if !named(n.Type, "fault", "Error") {
			return nil
		}
		for _, e := range n.Elts {
			if kv, ok := e.(*ast.KeyValueExpr); ok && ident(kv.Key, "Code") {
				lit, _ := kv.Value.(*ast.BasicLit)
				return lit
			}
		}
	}
	return nil
}

func named(e ast.Expr, pkg, name string) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && ident(s.X, pkg) && s.Sel.Name == name
}

func ident(e ast.Expr, name string) bool {
	id, ok := e.(*ast.Ident)
	return ok && id.Name == name
}

func TestEveryEntrySaysWhatWhyAndWhatToDo(t *testing.T) {
	for _, code := range help.Codes() {
		e, ok := help.Find(code)
		if !ok || e.Code != code || !isCode.MatchString(code) && !isCheck.MatchString(code) && !slices.Contains(exceptions, code) {
			t.Fatalf("%q is found as %q", code, e.Code)
		}
		for name, text := range map[string]string{"title": e.Title, "cause": e.Cause, "fix": e.Fix} {
			if len(text) < 12 || !strings.ContainsAny(text[len(text)-1:], ".`") {
				t.Errorf("%s: the %s is no sentence: %q", code, name, text)
			}
		}
		if strings.Contains(e.Title+e.Cause+e.Fix+e.Body, "!") {
			t.Errorf("%s shouts", code)
		}
	}
}

func TestACodeIsFoundHoweverItIsWritten(t *testing.T) {
	for _, typed := range []string{"ORIGIN_MISMATCH", "origin_mismatch", "Origin-Mismatch", " origin_mismatch\n"} {
		if e, ok := help.Find(typed); !ok || e.Code != "ORIGIN_MISMATCH" {
			t.Errorf("%q: %q, %t", typed, e.Code, ok)
		}
	}
	if e, ok := help.Find("NO_SUCH_CODE"); ok {
		t.Errorf("an unknown code has the entry %q", e.Code)
	}
}

func TestATypingErrorFindsTheCodeThatWasMeant(t *testing.T) {
	for typed, want := range map[string]string{
		"ORIGIN_MISMACH": "ORIGIN_MISMATCH", "certutil": "CERTUTIL_MISSING", "BAD_SIGNATUR": "BAD_SIGNATURE",
		"xyzzyplugh": "", "": "", strings.Repeat("A", 500): "",
	} {
		if got := help.Near(typed); got != want {
			t.Errorf("%.20q: got %q, want %q", typed, got, want)
		}
	}
}
