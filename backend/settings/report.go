package settings

import (
	"slices"

	"sting/backend/api"
	"sting/backend/config"
	"sting/backend/localca"
)

// Settled leaves out of the problems of a configuration that it needs another
// authority, where the home folder has that already.
func Settled(c config.Config, problems []config.Problem) []config.Problem {
	if !localca.Covers(c.Path("ca"), c.CertificateHosts()) {
		return problems
	}
	return withoutAuthority(problems)
}

func withoutAuthority(problems []config.Problem) []config.Problem {
	return slices.DeleteFunc(slices.Clone(problems), func(p config.Problem) bool { return p.Fix == config.FixAuthority })
}

// Show is what a configuration says and what is wrong in its file, as the wire has it.
func Show(c config.Config, r config.Report) (api.ConfigReport, error) {
	effective, err := config.Show(c, r)
	if err != nil {
		return api.ConfigReport{}, err
	}
	out := api.ConfigReport{Path: c.File(), Effective: string(effective), Problems: []api.ConfigProblem{}}
	for _, p := range Settled(c, r.Problems) {
		out.Problems = append(out.Problems, api.ConfigProblem{
			Severity: string(p.Severity), Line: p.Line, Key: p.Path, Meaning: p.Meaning, Fix: p.Fix,
		})
	}
	return out, nil
}
