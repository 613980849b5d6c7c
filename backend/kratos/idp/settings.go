package idp

// showSettings answers the page of settings: to the person who began the flow
// alone.
func (x *exchange) showSettings(f Flow) error {
	me, err := x.whoOr(unauthorized(reasonTokenMissing))
	if err != nil {
		return err
	}
	if me.person.ID != f.IdentityID {
		return forbidden("The request was made for another identity and has been blocked for security reasons.").named("security_identity_mismatch")
	}
	if f.expired(x.now) {
		return x.expiredToReader(f)
	}
	return x.show(200, f, nil)
}
