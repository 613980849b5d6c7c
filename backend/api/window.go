package api

// WindowCall is the body of POST /v1/window: how windows that show one lab speak
// to one another.
type WindowCall struct {
	// Do is show, which asks a window to come to the front, or here, which a
	// window answers that did.
	Do string `json:"do"`
}

// WindowAnswer answers it.
type WindowAnswer struct {
	Shown bool `json:"shown"` // a window came to the front
}
