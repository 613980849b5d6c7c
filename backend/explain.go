package backend

import (
	"sting/backend/admin"
	"sting/backend/api"
	"sting/backend/clock"
)

// Explain takes a ceremony apart without a running lab, as `sting explain`
// does. Certificates are judged by the machine's clock.
func Explain(raw []byte) (api.Explanation, error) {
	return admin.ExplainAt(raw, clock.New(nil).Machine())
}
