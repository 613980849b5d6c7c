package watch

import "encoding/json"

// EncodingOf is how a body writes the answer that it carries; found is false for another
// body.
func EncodingOf(body string, credential json.RawMessage) (encoding string, found bool) {
	own, all := needlesOf(credential)
	_, found = search(body, own)
	return encodingOf(body, all), found
}
