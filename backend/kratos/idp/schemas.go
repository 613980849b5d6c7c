package idp

import (
	"encoding/base64"
	"fmt"
	"net/http"
)

func (x *exchange) listSchemas() error {
	x.paged("/schemas", 1)
	return x.json(http.StatusOK, []any{map[string]any{"id": x.schema.ID, "schema": x.schema.Doc}})
}

// showSchema takes the id as it is, or in base64url as schema_url has it.
func (x *exchange) showSchema() error {
	id := x.r.PathValue("id")
	decoded, err := base64.RawURLEncoding.DecodeString(id)
	if id != x.schema.ID && (err != nil || string(decoded) != x.schema.ID) {
		if err == nil {
			id = string([]rune(string(decoded))) // each byte that is no UTF-8 is shown as one mark
		}
		return &failure{
			status: http.StatusNotFound, message: "The requested resource could not be found",
			reason: fmt.Sprintf("Identity schema `%s` could not be found.", id),
		}
	}
	x.encode(http.StatusOK, "application/json", x.schema.Doc)
	return nil
}
