package admintest

// Free says that no lab holds the home folder.
func (d *Door) Free() bool { return true }
