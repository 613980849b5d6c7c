package config

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Setting is one key of the configuration as it is in force.
type Setting struct {
	Key    string `json:"key"`   // dotted
	Value  any    `json:"value"` // string, bool, int, a list of them or the apps by name; passwords masked
	Source Source `json:"source"`
	Live   bool   `json:"live"` // a change of the file is taken up while running
	About  string `json:"about"`
}

// Settings returns every key in the order of the documentation.
func Settings(c Config, r Report) []Setting {
	var out []Setting
	for _, k := range keys() {
		s := Setting{Key: k.path, Value: k.value(c), Source: r.Sources[k.path], Live: k.live, About: k.about}
		if uri, ok := s.Value.(string); ok && k.path == uriKey {
			s.Value = maskURI(uri)
		}
		out = append(out, s)
	}
	return out
}

// Show returns the configuration in force as YAML, each value with a comment
// that says where it comes from. Apart from the masked password it can be
// read back as it is.
func Show(c Config, r Report) ([]byte, error) {
	root := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range Settings(c, r) {
		place, names := root, strings.Split(s.Key, ".")
		for _, name := range names[:len(names)-1] {
			place = child(place, name)
		}
		value := &yaml.Node{}
		if err := value.Encode(s.Value); err != nil {
			return nil, fmt.Errorf("show %s: %w", s.Key, err)
		}
		if value.Kind != yaml.ScalarNode {
			value.Style = yaml.FlowStyle
		}
		if s.Value == "off" {
			value.Style = 0 // a port, not a truth value: it is read back without quotes
			value.Tag = "!!str"
		}
		value.LineComment = s.Source.String()
		place.Content = append(place.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: names[len(names)-1]}, value)
	}
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(root); err != nil {
		return nil, fmt.Errorf("show configuration: %w", err)
	}
	return b.Bytes(), enc.Close()
}

// child returns the mapping below name, which it makes if there is none.
func child(n *yaml.Node, name string) *yaml.Node {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	c := &yaml.Node{Kind: yaml.MappingNode}
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Value: name}, c)
	return c
}
