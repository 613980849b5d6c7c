package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"sting/backend/admin"
	"sting/backend/api"
)

const verbsHead = `// Generated from the table of verbs in the Go package backend/admin by build/bindings; don't edit.
import type {
%s} from "../api/types"
import { ask, follow } from "./bridge"

/** What each verb answers, or tells as often as there is something. */
export interface Answers {
%s}

/** One function a verb. Each throws a Fault; what is left out of a question is "", false or 0. */
export const verbs = {
%s}
`

// verbs returns a typed function for each verb.
func verbs(table []admin.Spec) string {
	named := map[string]bool{}
	var answers, functions strings.Builder
	for _, v := range table {
		out := typed(v.Out, named)
		fmt.Fprintf(&answers, "  %s: %s\n", v.Name, out)
		var takes, gives []string
		if asked := question(v, named); asked != "" {
			takes, gives = append(takes, "asked: "+asked), append(gives, "asked")
		} else {
			gives = append(gives, "{}")
		}
		how := fmt.Sprintf("ask<Answers[%q]>", v.Name)
		if v.Streams {
			how = "follow"
			takes, gives = append(takes, "hear: (item: "+out+") => void"), append(gives, "hear")
		}
		fmt.Fprintf(&functions, "%s  %s: (%s) => %s(%q, %s),\n",
			comment("  ", v.Doc), camel(v.Name), strings.Join(takes, ", "), how, v.Name, strings.Join(gives, ", "))
	}
	var imports strings.Builder
	for _, name := range slices.Sorted(maps.Keys(named)) {
		fmt.Fprintf(&imports, "  %s,\n", name)
	}
	return fmt.Sprintf(verbsHead, imports.String(), answers.String(), functions.String())
}

// question is the type of what a verb is asked with, "" for nothing. A part of
// the address has to be there, a file is its text.
func question(v admin.Spec, named map[string]bool) string {
	if v.Most > 0 {
		return "string"
	}
	if v.In == reflect.TypeFor[api.None]() {
		return ""
	}
	var needed []string
	members := v.Members()
	for _, m := range members {
		if m.In == admin.InPath && m.Field.Tag.Get("empty") == "" {
			needed = append(needed, fmt.Sprintf("%q", m.Name))
		}
	}
	name := typed(v.In, named)
	switch len(needed) {
	case len(members):
		return name
	case 0:
		return fmt.Sprintf("Partial<%s>", name)
	}
	return fmt.Sprintf("Partial<%s> & Pick<%s, %s>", name, name, strings.Join(needed, " | "))
}

// typed is the name of a type there, which it notes as one to import.
func typed(t reflect.Type, named map[string]bool) string {
	if t == reflect.TypeFor[json.RawMessage]() {
		return "unknown"
	}
	name := nameOf(admin.TypeName(t))
	if !strings.Contains(t.Name(), "[") {
		named[name] = true
		return name
	}
	outer, inner, _ := strings.Cut(name, "Of")
	named[outer], named[nameOf(inner)] = true, true
	return outer + "<" + nameOf(inner) + ">"
}

// camel is a verb's name as functions are called there.
func camel(name string) string { return strings.ToLower(name[:1]) + name[1:] }
