package admin

// OnSite is onSite, for the tests.
func OnSite(origin, address string) bool { return onSite(origin, address) }
