package httpapi

import (
	"context"
	"net/http"
	"strconv"

	"sting/backend/api"
	"sting/backend/fault"
)

func (d *Door) startService(w http.ResponseWriter, r *http.Request) error {
	return doorService(w, r, d.Admin.StartService, "The service runs.")
}

func (d *Door) stopService(w http.ResponseWriter, r *http.Request) error {
	return doorService(w, r, d.Admin.StopService, "The service is stopped.")
}

func (d *Door) restartService(w http.ResponseWriter, r *http.Request) error {
	return doorService(w, r, d.Admin.RestartService, "The service runs again.")
}

func doorService(w http.ResponseWriter, r *http.Request, verb func(context.Context, string) error, message string) error {
	if err := doorNoBody(w, r); err != nil {
		return err
	}
	return doorDone(w, verb(r.Context(), r.PathValue("name")), message)
}

// How many lines of a log are answered with, if the query doesn't say, and at
// most.
const (
	logLines    = 100
	mostLogLine = 2000
)

// logs answers with the last lines of a service, or follows them. The names "all"
// and "*" mean the whole lab.
func (d *Door) logs(w http.ResponseWriter, r *http.Request) error {
	name, v, n := r.PathValue("name"), r.URL.Query(), logLines
	if name == "all" || name == "*" {
		name = ""
	}
	if v.Has("n") {
		var err error
		if n, err = strconv.Atoi(v.Get("n")); err != nil || n < 0 || n > mostLogLine {
			return fault.ErrInvalidField.In("n").Saying("The number of lines is one from 0 to %d.", mostLogLine)
		}
	}
	switch follow := v.Get("follow"); follow {
	case "", "0", "false":
		lines, err := d.Admin.Logs(r.Context(), name, n)
		if lines == nil {
			lines = []api.LogLine{}
		}
		return doorAnswer(w)(api.Page[api.LogLine]{Items: lines}, err)
	case "1", "true":
	default:
		return fault.ErrInvalidField.In("follow").Saying("follow is 1 or 0.")
	}
	if _, err := d.Admin.Logs(r.Context(), name, 0); err != nil {
		return err // while a refusal can still be answered
	}
	return doorStreamed(d, w, r, func(ctx context.Context, f func(api.LogLine)) error {
		return d.Admin.FollowLogs(ctx, name, n, f)
	})
}
