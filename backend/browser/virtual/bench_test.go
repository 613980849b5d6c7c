package virtual_test

import (
	"testing"
)

// Both work in a page without and with somebody who looks on.
func inPages(b *testing.B, do string) {
	for _, c := range []struct {
		name string
		open func() *watcher
	}{
		{"alone", func() *watcher { w := &watcher{t: b}; w.run(nil); return w }},
		{"watched", func() *watcher { return watchPages(b) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			w := c.open()
			w.t, w.app = b, openApp(b)
			w.app.believes = true
			w.open(w.app.origin + "/")
			w.page("register()")
			for b.Loop() {
				w.page(do)
			}
		})
	}
}

// BenchmarkCeremony is a hundred sign-ins of a page, as the page waits for them, without
// their requests.
func BenchmarkCeremony(b *testing.B) {
	inPages(b, `{
		for (let i = 0; i < 100; i++) {
			await navigator.credentials.get({publicKey: {challenge: crypto.getRandomValues(new Uint8Array(32)), userVerification: "required"}})
		}
	}`)
}

// BenchmarkBusyPage is 500 requests of a page, six at a time.
func BenchmarkBusyPage(b *testing.B) {
	inPages(b, `{
		let left = 500
		const ask = async () => { while (left-- > 0) await (await fetch("/", {cache: "no-store"})).text() }
		await Promise.all([ask(), ask(), ask(), ask(), ask(), ask()])
	}`)
}
