package cli

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"sting/backend/admin"
	"sting/backend/fault"
)

const aboutAPI = `What the window and these commands ask of a running lab, other programs can ask too:

    curl --unix-socket HOME/admin.sock http://sting/v1/status

HOME is the lab's home folder. Where sting.lock there names an address of loopback TCP
instead, send the content of door.token as "Authorization: Bearer". "sting help api NAME"
shows one verb; --json, like /v1/openapi.json, describes all of them as OpenAPI 3.1.
`

// errNoVerb is for a name that no verb has.
var errNoVerb = fault.New(fault.NotFound, "NO_HELP", "The admin door has no such verb.", "`sting help api` lists them.")

// printAPI lists the verbs of the admin door, or shows the one with a name.
func (c *commands) printAPI(names []string, asJSON bool) error {
	if asJSON {
		doc, err := admin.Describe()
		if err != nil {
			return err
		}
		return c.printJSON(doc)
	}
	if len(names) > 0 {
		return c.printVerb(names[0])
	}
	fmt.Fprintf(c.Stdout, "%s\n", aboutAPI)
	t := &table{heads: []string{"VERB", "EFFECT", "METHOD", "ADDRESS", "WHAT IT DOES"}, prose: true}
	for _, v := range admin.Table() {
		t.add(v.Name, string(v.Effect), v.Method, address(v), v.Doc)
	}
	c.print(t)
	return nil
}

func (c *commands) printVerb(name string) error {
	for _, v := range admin.Table() {
		if !strings.EqualFold(v.Name, name) {
			continue
		}
		facts := []string{"verb", v.Name, "does", v.Doc, "effect", string(v.Effect), "address", v.Method + " " + address(v)}
		for _, m := range v.Members() {
			facts = append(facts, "in the "+m.In, m.Name+" ("+kind(m.Field.Type)+")")
		}
		if v.File != "" {
			facts = append(facts, "in the body", fmt.Sprintf("the %s, at most %d MiB", v.File, v.Most>>20))
		}
		answer := kind(v.Out)
		if v.Streams {
			answer = "server-sent events, each " + answer
		}
		facts = append(facts, "answer", answer)
		if v.CLI != "" {
			facts = append(facts, "command", "sting "+v.CLI)
		}
		c.facts(facts...)
		return nil
	}
	return errNoVerb.Saying("The admin door has no verb %q.", name)
}

func address(v admin.Spec) string {
	if v.Followed {
		return v.Path + "?follow=1"
	}
	return v.Path
}

// kind names a type as the document does.
func kind(t reflect.Type) string {
	if t == reflect.TypeFor[json.RawMessage]() {
		return "JSON"
	}
	return admin.TypeName(t)
}
