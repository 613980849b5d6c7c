package loopback

import (
	"net/http"

	"github.com/klauspost/compress/gzhttp"
)

// smallest is how many bytes an answer has, at least, that is worth compressing.
const smallest = 1 << 10

// worthIt are the types that become smaller; pictures and fonts are compressed already.
var worthIt = []string{"text/html", "text/css", "text/javascript", "application/json", "image/svg+xml"}

// Compressed sends what h answers compressed, where that makes it smaller and the client takes it
// (RFC 9110, section 12.5.3). It is for files that everybody may read: the length of an answer that
// holds a secret beside what a stranger chose would tell the secret.
func Compressed(h http.Handler) http.Handler {
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(smallest), gzhttp.ContentTypes(worthIt))
	if err != nil {
		panic(err) // the options are constants, and fit
	}
	return wrap(h)
}
