package clock

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

// at is a reading mono after the start with the wall clock off by that much.
func at(mono, off time.Duration) reading {
	return reading{wall: noon.Add(mono + off), mono: mono}
}

func TestJudge(t *testing.T) {
	const s, m, h = time.Second, time.Minute, time.Hour
	type step struct {
		mono, off time.Duration
		witness   bool // A witness says the true time.
		trusted   bool
		kind      change
	}
	never := time.Time{}
	tests := []struct {
		name  string
		seen  time.Time
		first reading
		start change
		steps []step
	}{
		{"a first start is believed", never, at(0, 0), unchanged, []step{{0, 0, false, true, unchanged}}},
		{"so is a quick restart", noon.Add(-4 * m), at(0, 0), unchanged, []step{{0, 0, false, true, unchanged}}},
		{"and one that stepped back a little", noon.Add(2 * m), at(0, 0), unchanged, []step{{0, 0, false, true, unchanged}}},
		{"after an hour it has to keep step for a minute", noon.Add(-h), at(0, 0), jumped, []step{
			{30 * s, 0, false, false, unchanged}, {59 * s, 0, false, false, unchanged}, {60 * s, 0, false, true, mended}}},
		{"or a witness confirms", noon.Add(-h), at(0, 0), jumped, []step{{s, 0, true, true, mended}}},
		{"a clock before the last use is said to be", noon.Add(h), at(0, 0), behind, []step{
			{s, 0, false, false, unchanged}, {61 * s, 0, false, true, mended}}},
		{"mended within the minute it starts anew", noon.Add(-h), at(0, -9*h), behind, []step{
			{50 * s, 0, false, false, unchanged}, {100 * s, 0, false, false, unchanged}, {110 * s, 0, false, true, mended}}},
		{"mended to where it belongs it is believed at once", noon, at(0, -9*h), behind, []step{
			{50 * s, 0, false, true, mended}}},
		{"a jump", never, at(0, 0), unchanged, []step{
			{m, 6 * m, false, false, jumped}, {90 * s, 6 * m, false, false, unchanged}, {2 * m, 6 * m, false, true, mended}}},
		{"a jump and back", never, at(0, 0), unchanged, []step{
			{m, 6 * m, false, false, jumped}, {61 * s, 0, false, true, mended}}},
		{"a small step is none", never, at(0, 0), unchanged, []step{{m, 5 * m, false, true, unchanged}}},
		{"a slow drift is none", never, at(0, 0), unchanged, []step{
			{h, 4 * m, false, true, unchanged}, {2 * h, 8 * m, false, true, unchanged}}},
		{"a witness against it holds until one agrees", never, at(0, h), unchanged, []step{
			{s, h, true, false, contradicted}, {2 * s, h, true, false, unchanged}, {10 * m, h, false, false, unchanged},
			{11 * m, 0, false, false, unchanged}, {12 * m, 0, true, true, mended}, {13 * m, 0, true, true, unchanged}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var j judge
			if got := j.start(tt.first, tt.seen); got.kind != tt.start {
				t.Fatalf("start: %v, want %v", got.kind, tt.start)
			}
			for i, st := range tt.steps {
				r, v := at(st.mono, st.off), verdict{}
				if st.witness {
					v = j.hear(r, noon.Add(st.mono))
				} else {
					v = j.look(r)
				}
				if j.trusted != st.trusted || v.kind != st.kind {
					t.Errorf("step %d: trusted %v, %v; want %v, %v", i, j.trusted, v.kind, st.trusted, st.kind)
				}
			}
		})
	}
}

// TestJudgeNeverTrustsALeap: whatever came before, a reading that left the monotonic
// clock is not trusted, one that a witness confirms is, and a steady clock that nobody
// contradicts is trusted after a minute.
func TestJudgeNeverTrustsALeap(t *testing.T) {
	minutes := rapid.Map(rapid.IntRange(-600, 600), func(n int) time.Duration { return time.Duration(n) * time.Minute })
	rapid.Check(t, func(t *rapid.T) {
		var j judge
		mono, off := time.Duration(0), minutes.Draw(t, "off")
		j.start(at(mono, off), noon.Add(minutes.Draw(t, "seen")))
		for range rapid.IntRange(0, 20).Draw(t, "readings") {
			mono += time.Duration(rapid.IntRange(0, 300).Draw(t, "seconds")) * time.Second
			off = rapid.OneOf(rapid.Just(off), minutes).Draw(t, "off")
			if rapid.Bool().Draw(t, "witness") {
				j.hear(at(mono, off), noon.Add(mono))
				if agrees := off.Abs() <= Near; j.trusted != agrees {
					t.Fatalf("off by %v a witness leaves it trusted: %v", off, j.trusted)
				}
			} else {
				j.look(at(mono, off))
			}
		}
		leap := off + Near + time.Second
		trusted := j.trusted
		j.look(at(mono, leap))
		if trusted && j.trusted {
			t.Fatal("trusted a leap")
		}
		j.look(at(mono+Patience, leap))
		if !j.denied && !j.trusted {
			t.Fatal("not trusted though it kept step for a minute")
		}
	})
}
