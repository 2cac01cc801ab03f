package storage

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

const leases Bucket = "leases"

// Lease is an ordinary record that says who does a piece of work until when.
type Lease struct {
	Owner  string    `json:"owner"`
	Expiry time.Time `json:"expiry"`
}

// Take gives the named lease to owner until expiry, if it is free, expired at now,
// or owner's already. It reports whether owner holds it. The name is one of ours
// and stands in the clear.
func Take(tx Tx, name, owner string, now, expiry time.Time) (bool, error) {
	held, err := lease(tx, name)
	if err != nil {
		return false, err
	}
	if held.Owner != owner && now.Before(held.Expiry) {
		return false, nil
	}
	value, err := json.Marshal(Lease{Owner: owner, Expiry: expiry})
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	return true, tx.Put(leases, []byte(name), value)
}

// Release frees the lease if owner holds it.
func Release(tx Tx, name, owner string) error {
	held, err := lease(tx, name)
	if err != nil || held.Owner != owner {
		return err
	}
	return tx.Delete(leases, []byte(name))
}

// lease reads the named lease; a free one is the zero Lease.
func lease(r Reader, name string) (held Lease, err error) {
	value, err := r.Get(leases, []byte(name))
	if errors.Is(err, ErrNotFound) {
		return Lease{}, nil
	}
	if err == nil {
		err = json.Unmarshal(value, &held)
	}
	if err != nil {
		return Lease{}, fmt.Errorf("lease %s: %w", name, err)
	}
	return held, nil
}
