package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
)

// Broken says why raw is no JSON and what to do about it, "" where it is one value.
func Broken(raw []byte) string {
	if json.Valid(raw) {
		return ""
	}
	for mark, why := range map[string]string{
		"\xef\xbb\xbf": "It begins with a byte order mark. Save it as UTF-8 without one.",
		"\xff\xfe":     "It is UTF-16. Save it as UTF-8.",
		"\xfe\xff":     "It is UTF-16. Save it as UTF-8.",
	} {
		if bytes.HasPrefix(raw, []byte(mark)) {
			return why
		}
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return "It is empty."
	}
	var v json.RawMessage
	err := json.Unmarshal(raw, &v)
	wrong, ok := errors.AsType[*json.SyntaxError](err)
	switch {
	case !ok:
		return fmt.Sprintf("%v.", err)
	case wrong.Offset >= int64(len(raw)) && wrong.Error() == "unexpected end of JSON input":
		return fmt.Sprintf("It ends in the middle, after %d bytes: it was cut.", len(raw))
	}
	return fmt.Sprintf("Line %d, byte %d: %v.", 1+bytes.Count(raw[:min(wrong.Offset, int64(len(raw)))], []byte("\n")), wrong.Offset, wrong)
}
