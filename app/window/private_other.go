//go:build !linux && (desktop || dev || bindings)

package window

// closeToOthers does nothing where web views keep their files elsewhere.
func closeToOthers() (open func()) { return func() {} }
