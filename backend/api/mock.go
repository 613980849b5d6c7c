package api

// MockRequest is the body of POST /v1/mock, and its answer: who the mock user is.
type MockRequest struct {
	On    bool   `json:"on"`
	Email string `json:"email"` // "": the configured one
	Role  string `json:"role"`  // a label for front ends; it opens nothing
}
