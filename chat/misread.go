package chat

import (
	"errors"

	"peerbot/spoken"
)

// Misread turns the error of a reader of package spoken into a Refusal that says
// what could not be read, with the readings to choose from. Any other error passes
// unchanged.
func Misread(err error) error {
	var u *spoken.Unclear
	if !errors.As(err, &u) {
		return err
	}
	why := u.Why
	if u.Part == "" && (why == spoken.NoSuchDate || why == spoken.NoSuchTime) {
		why = spoken.Contradicts // Its sentence names no part.
	}
	r := Refuse(Invalid, "option.time."+string(why), Text("part", u.Part))
	r.Err = u
	for _, reading := range u.Readings {
		r.Readings = append(r.Readings, Choice{Value: reading.Value, Label: Words(reading.Value)})
	}
	return r
}
