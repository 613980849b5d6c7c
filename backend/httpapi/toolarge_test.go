package httpapi_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"sting/backend/admin/admintest"
)

func TestWhoSendsTooMuchBeforeReadingStillFindsTheAnswer(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(newDoor(&admintest.Door{}).Handler())
	t.Cleanup(srv.Close)
	conn, err := net.Dial("tcp", srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	body := `{"by":"` + strings.Repeat("x", 16<<20) + `"}`
	_, err = fmt.Fprintf(conn, "POST /v1/clock HTTP/1.1\r\nHost: sting\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(body), body)
	if err != nil {
		t.Fatalf("the connection was closed while the request was sent: %v", err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d, want 413", resp.StatusCode)
	}
}

func TestAnImportMayBeAsLargeAsIsPromised(t *testing.T) {
	for size, want := range map[int]int{80 << 20: http.StatusOK, 257 << 20: http.StatusRequestEntityTooLarge} {
		req := httptest.NewRequest("POST", "http://sting/v1/import", strings.NewReader(`"`+strings.Repeat("x", size)+`"`))
		req.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		newDoor(&admintest.Door{}).Handler().ServeHTTP(w, req)
		if w.Code != want {
			t.Errorf("%d MiB: %d, want %d: %.200s", size>>20, w.Code, want, w.Body)
		}
	}
}
