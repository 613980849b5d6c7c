package httpapi

// Routes returns method and path of every address of the door.
func (d *Door) Routes() [][2]string {
	var out [][2]string
	for _, r := range d.routes() {
		out = append(out, [2]string{r.method, r.path})
	}
	return out
}
