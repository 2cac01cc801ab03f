package clock

import "time"

// A reading is what both clocks show at one moment. mono only ever runs forward, at
// the pace of a second a second, from an arbitrary zero.
type reading struct {
	wall time.Time
	mono time.Duration
}

// off is how far r is from where from says that the wall clock should be by now.
func (r reading) off(from reading) time.Duration {
	return r.wall.Sub(from.wall) - (r.mono - from.mono)
}

func (r reading) agrees(from reading) bool { return r.off(from).Abs() <= Near }

// A verdict says what a reading changed, and by how much the clock was off.
type verdict struct {
	kind change
	off  time.Duration
}

type change int

const (
	unchanged    change = iota
	mended              // It can be trusted again.
	jumped              // It left the monotonic clock, or the store was not in use for a while.
	behind              // At the start it is before the last time that the store knows.
	contradicted        // A witness disagrees.
)

// judge is the rule itself: it knows readings and nothing else.
type judge struct {
	trusted bool
	denied  bool    // denied: a witness disagreed, so that only a witness can mend it.
	good    reading // good is the last one that was trusted.
	since   reading // since is the first after the clock left good, and kept step with all that followed.
}

// start begins with the first reading of a run. seen is when the store was last in
// use, zero for never.
func (j *judge) start(r reading, seen time.Time) verdict {
	if seen.IsZero() {
		j.trust(r)
		return verdict{}
	}
	j.trust(reading{wall: seen, mono: r.mono})
	v := j.look(r)
	if v.kind == jumped && v.off < 0 {
		v.kind = behind
	}
	return v
}

// look weighs one more reading.
func (j *judge) look(r reading) verdict {
	switch {
	case j.trusted && r.agrees(j.good):
		j.good = r
	case j.trusted:
		j.trusted, j.since = false, r
		return verdict{jumped, r.off(j.good)}
	case j.denied:
	case r.agrees(j.good):
		return j.mend(r)
	case !r.agrees(j.since):
		j.since = r
	case r.mono-j.since.mono >= Patience:
		return j.mend(r)
	}
	return verdict{}
}

// hear weighs a witness that was heard at r.
func (j *judge) hear(r reading, said time.Time) verdict {
	off := r.wall.Sub(said)
	if off.Abs() <= Near {
		return j.mend(r)
	}
	was := j.denied
	j.trusted, j.denied, j.since = false, true, r
	if was {
		return verdict{}
	}
	return verdict{contradicted, off}
}

// mend trusts r, and says so when the clock was in doubt.
func (j *judge) mend(r reading) verdict {
	was := j.trusted
	j.trust(r)
	if was {
		return verdict{}
	}
	return verdict{kind: mended}
}

func (j *judge) trust(r reading) { j.trusted, j.denied, j.good = true, false, r }
