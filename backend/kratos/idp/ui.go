package idp

import (
	"encoding/json"
	"slices"
	"strings"
)

// ui is the form of a flow, as a page would draw it.
type ui struct {
	Action   string `json:"action"`
	Method   string `json:"method"`
	Nodes    []node `json:"nodes"`
	Messages []text `json:"messages,omitempty"`
}

// node is one element of the form.
type node struct {
	Type       string     `json:"type"`  // "input" or "a"
	Group      string     `json:"group"` // "default", "password", "profile", "code"
	Attributes attributes `json:"attributes"`
	Messages   []text     `json:"messages"`
	Meta       meta       `json:"meta"`
}

type meta struct {
	Label *text `json:"label,omitempty"`
}

// attributes are those of inputs and of anchors.
type attributes struct {
	NodeType     string          `json:"node_type"`
	Name         string          `json:"name,omitempty"`
	Type         string          `json:"type,omitempty"`
	Value        json.RawMessage `json:"value,omitempty"`
	Required     bool            `json:"required,omitempty"`
	Autocomplete string          `json:"autocomplete,omitempty"`
	Pattern      string          `json:"pattern,omitempty"`
	MaxLength    int             `json:"maxlength,omitempty"`
	Disabled     *bool           `json:"disabled,omitempty"`

	ID    string `json:"id,omitempty"`
	Href  string `json:"href,omitempty"`
	Title *text  `json:"title,omitempty"`
}

// raw makes the JSON of a value that can always be encoded.
func raw(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		return json.RawMessage("null")
	}
	return b
}

func input(group, name, kind string, label *text) node {
	enabled := false
	return node{
		Type: "input", Group: group, Messages: []text{}, Meta: meta{Label: label},
		Attributes: attributes{NodeType: "input", Name: name, Type: kind, Disabled: &enabled},
	}
}

func (n node) valued(v any) node { n.Attributes.Value = raw(v); return n }

func (n node) required() node { n.Attributes.Required = true; return n }

func (n node) completing(hint string) node { n.Attributes.Autocomplete = hint; return n }

func submit(group, name, value string, label *text) node {
	return input(group, name, "submit", label).valued(value)
}

func csrfNode() node { return input("default", "csrf_token", "hidden", nil).valued("").required() }

func newPasswordNode() node {
	return input("password", "password", "password", &labelPassword).required().completing("new-password")
}

// find returns the place of the first node with a name, or -1.
func (u *ui) find(name string) int {
	return slices.IndexFunc(u.Nodes, func(n node) bool { return n.Attributes.Name == name })
}

// clear removes what an earlier attempt said.
func (u *ui) clear() {
	u.Messages = nil
	for i := range u.Nodes {
		u.Nodes[i].Messages = []text{}
	}
}

// say adds a message to the node with a name, or to the form where there is no
// such node.
func (u *ui) say(name string, t text) {
	if i := u.find(name); name != "" && i >= 0 {
		u.Nodes[i].Messages = append(u.Nodes[i].Messages, t)
		return
	}
	u.Messages = append(u.Messages, t)
}

// fill sets the value of the node with a name; nil takes the value away.
func (u *ui) fill(name string, v any) {
	i := u.find(name)
	if i < 0 {
		return
	}
	if v == nil {
		u.Nodes[i].Attributes.Value = nil
		return
	}
	u.Nodes[i].Attributes.Value = raw(v)
}

// fillTraits shows the traits in the form.
func (u *ui) fillTraits(traits map[string]any) {
	for i := range u.Nodes {
		n := &u.Nodes[i].Attributes
		path, ok := strings.CutPrefix(n.Name, "traits.")
		if !ok {
			continue
		}
		n.Value = nil
		if v, ok := lookup(traits, strings.Split(path, ".")); ok && v != nil {
			n.Value = raw(v)
		}
	}
}

// clone returns a copy that shares nothing that changes.
func (u ui) clone() ui {
	u.Nodes = slices.Clone(u.Nodes)
	for i := range u.Nodes {
		u.Nodes[i].Messages = slices.Clone(u.Nodes[i].Messages)
	}
	u.Messages = slices.Clone(u.Messages)
	return u
}

func lookup(v any, path []string) (any, bool) {
	for _, name := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil, false
		}
		if v, ok = m[name]; !ok {
			return nil, false
		}
	}
	return v, true
}
