package passkey_test

import (
	"fmt"
	"testing"

	"sting/backend/passkey"
	"sting/backend/passkey/softkey"
)

// One answer of a browser, from the JSON to the verdict: taken from the tape,
// verified, ready to be committed together with a session.
func BenchmarkFinishSignIn(b *testing.B) {
	for _, alg := range []softkey.Algorithm{softkey.ES256, softkey.EdDSA, softkey.RS256} {
		b.Run(alg.String(), func(b *testing.B) {
			l := newLab(b)
			l.Recorder = nowhere{}
			k := softkey.New()
			k.Algorithms = []softkey.Algorithm{alg}
			l.registered(l.person("ada@example.test"), k)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				begun := l.beginSignIn("")
				raw := l.get(k, begun)
				b.StartTimer()
				_, err := l.FinishAuthentication(b.Context(), passkey.Answer{ChallengeID: begun.ChallengeID, Credential: raw, From: l.from()})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// One new passkey, from the JSON to the stored record (without fsync).
func BenchmarkFinishRegistration(b *testing.B) {
	l := newLab(b)
	l.Recorder = nowhere{}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		n++
		ada := l.person(fmt.Sprintf("ada%d@example.test", n)) // a person has at most ten
		begun := l.beginRegistration(ada)
		raw := l.create(softkey.New(), begun)
		b.StartTimer()
		if _, err := l.finishRegistration(ada, begun.ChallengeID, raw); err != nil {
			b.Fatal(err)
		}
	}
}

// nowhere is a Recorder that keeps nothing.
type nowhere struct{}

func (nowhere) Record(passkey.Entry) {}
