package loopback

// kratosMethods and kratosHeaders are what Ory Kratos allows where
// serve.public.cors is enabled and says no more.
const (
	kratosMethods = "POST, GET, PUT, PATCH, DELETE"
	kratosHeaders = "Authorization, Content-Type, Max-Age, X-Session-Token, X-XSRF-TOKEN, X-CSRF-TOKEN"
)

// KratosCORS is CORS for Kratos' public API, wherever it is mounted.
func KratosCORS(origins func() []string) CORS {
	return CORS{Origins: origins, Methods: kratosMethods, Headers: kratosHeaders}
}

// KratosRule is who may use Kratos' public API, wherever it is mounted: whom Kratos
// lets in, which asks forms for the token of their flow and its cookie.
func KratosRule(origins func() []string) Rule {
	return Rule{Origins: origins, Links: true, Forms: true, Types: Original}
}
