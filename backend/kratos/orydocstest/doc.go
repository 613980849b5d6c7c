// Package orydocstest holds a script as somebody would write it who has read Ory's
// documentation and nothing of this program: every self-service flow and the
// admin API, with kratos-client-go and net/http alone.
//
// Its one invariant: the files of the script know a Kratos by its addresses
// only. What runs one for them is in lab_test.go. The same flows in TypeScript,
// with @ory/client-fetch, are in frontend/e2e/orydocs.
package orydocstest
