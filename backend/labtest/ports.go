package labtest

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
)

// Ports come from [lowest, highest): below those of outgoing connections and above those that a lab draws itself. A
// process claims blocks of them by listening at the first port of each until it ends, and gives no port of its blocks
// twice: whoever closes one may open it again, whatever other tests do meanwhile.
const lowest, highest, block = 27000, 32760, 64

var portNames = []string{"site", "kratos_public", "kratos_admin", "smtp", "smtp_plain", "mail"}

var ports struct {
	sync.Mutex
	next, end int // of the claimed block
	claims    []net.Listener
}

// FreePort returns a port that nobody holds, and that no other test is given.
func FreePort(t testing.TB) int {
	t.Helper()
	ports.Lock()
	defer ports.Unlock()
	for {
		if ports.next == ports.end && !claim() {
			t.Fatalf("every block of ports from %d to %d is claimed: end other tests that run", lowest, highest)
		}
		ports.next++
		if ln := listen(ports.next - 1); ln != nil {
			ln.Close()
			return ports.next - 1
		}
	}
}

// claim takes the next block that no process holds, beginning at one that depends on
// the process.
func claim() bool {
	const blocks = (highest - lowest) / block
	for i := range blocks {
		first := lowest + (os.Getpid()+i)%blocks*block
		if ln := listen(first); ln != nil {
			ports.claims = append(ports.claims, ln)
			ports.next, ports.end = first+1, first+block
			return true
		}
	}
	return false
}

func listen(port int) net.Listener {
	ln, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return nil
	}
	return ln
}

// keepPorts lets a lab find ports that it seems to have drawn before, for those that its
// configuration lets it draw.
func keepPorts(t testing.TB, home string) {
	t.Helper()
	drawn := map[string]int{}
	for _, name := range portNames {
		drawn[name] = FreePort(t)
	}
	text, err := json.Marshal(drawn)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(home, "ports.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
}
