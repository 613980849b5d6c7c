package idp

// Asked is a trait that a registration form asks for, in the order of the
// schema.
type Asked struct {
	Name         string // traits.name.first
	Label        string
	Type         string // of an HTML input, or "select"
	Required     bool
	Autocomplete string   // of an HTML input; may be ""
	Help         string   // the schema's description; may be ""
	Options      []string // of a select; "true" of a checkbox that has to be ticked
}

// Asked lists what a registration form asks for.
func (s *Schema) Asked() []Asked {
	var out []Asked
	for _, f := range s.fields {
		kind, hint, ok := f.inputType()
		if !ok {
			continue
		}
		label := f.Title
		if label == "" {
			label = f.path[len(f.path)-1]
		}
		options := f.choices()
		if len(options) > 0 {
			kind, hint = "select", ""
		}
		required := f.required
		if kind == "checkbox" { // unticked is an answer too, unless only true is one
			required = f.required && f.onlyTrue()
			if f.onlyTrue() {
				options = []string{"true"}
			}
		}
		out = append(out, Asked{
			Name: f.name(), Label: label, Type: kind, Required: required, Autocomplete: hint, Help: f.Description, Options: options,
		})
	}
	return out
}
