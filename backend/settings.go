package backend

import (
	"sync/atomic"

	"sting/backend/config"
	"sting/backend/kratos/idp"
)

// settings is the configuration in force. It is replaced whole, never changed.
type settings struct{ v atomic.Pointer[inForce] }

type inForce struct {
	config config.Config
	report config.Report
	schema *idp.Schema
}

// set puts a configuration in force.
func (s *settings) set(c config.Config, r config.Report) error {
	schema, err := idp.ParseSchema("default", c.Registration.Schema.JSON)
	if err != nil {
		if schema, err = idp.ParseSchema("default", config.DefaultSchema()); err != nil {
			return err
		}
	}
	s.v.Store(&inForce{c, r, schema})
	return nil
}

func (s *settings) now() config.Config    { return s.v.Load().config }
func (s *settings) report() config.Report { return s.v.Load().report }
func (s *settings) schema() *idp.Schema   { return s.v.Load().schema }
