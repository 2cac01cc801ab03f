package storage

import "time"

// Lease is an ordinary record that says who does a piece of work until when.
type Lease struct {
	Owner  string    `json:"owner"`
	Expiry time.Time `json:"expiry"`
}

// Take gives the named lease to owner until expiry, if it is free, expired at now,
// or owner's already. It reports whether owner holds it.
func Take(tx Tx, name, owner string, now, expiry time.Time) (bool, error) { panic("unwritten") }

// Release frees the lease if owner holds it.
func Release(tx Tx, name, owner string) error { panic("unwritten") }
