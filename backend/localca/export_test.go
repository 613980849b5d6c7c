package localca

// ActAsUser makes a behave as in a process that isn't root's.
func (a *Authority) ActAsUser() { a.root = false }
