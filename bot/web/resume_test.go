package web

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// However often a connection is lost, a page learns of every change that it may see,
// of none twice, and ends up with what a new page shows.
func TestResume(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		acts := rapid.SliceOfN(rapid.SampledFrom([]string{"tell", "tell another", "edit the first", "edit the last", "read", "lose"}), 1, 30).Draw(rt, "acts")
		var wrong error
		inHouse(t, &oracle{}, func(t *testing.T, h *house) {
			reader := &resuming{house: h, stands: map[string]string{}, position: h.born + ".0"}
			reader.lose()
			for _, act := range acts {
				reader.act(act)
			}
			wrong = reader.judge()
		})
		if wrong != nil {
			rt.Fatal(wrong)
		}
	})
}

// resuming is a page that loses its connection.
type resuming struct {
	*house
	open     *listener
	position string
	told     []string          // told are references of what was sent.
	seen     []string          // seen are the ids of events.
	stands   map[string]string // stands is what each message reads, by its id.
}

const resumed = "/en/peer/general"

func (r *resuming) act(what string) {
	n := fmt.Sprint(last(r.board))
	switch {
	case what == "tell":
		r.told = append(r.told, r.tell(r.general(), n, says("told "+n)))
	case what == "tell another":
		r.tell(people[2].chat().Private(), n, says("not for the peer"))
	case what == "edit the first" && len(r.told) > 0:
		r.edit(r.told[0], "edited "+n)
	case what == "edit the last" && len(r.told) > 0:
		r.edit(r.told[len(r.told)-1], "edited "+n)
	case what == "read":
		r.read()
	case what == "lose":
		r.open.close()
		r.read()
		r.lose()
	}
}

func (r *resuming) edit(ref, text string) {
	if err := r.Edit(r.t.Context(), r.general(), ref, says(text)); err != nil {
		r.t.Error(err)
	}
}

func (r *resuming) lose() { r.open = r.listen(resumed+"/events", "Last-Event-ID", r.position) }

func (r *resuming) read() {
	rest()
	for _, e := range r.open.take() {
		p := e.post(r.t)
		r.seen, r.stands[p.id] = append(r.seen, e.id), p.text
	}
	r.position = cmp.Or(r.open.position(), r.position)
}

func (r *resuming) judge() error {
	r.read()
	once := slices.Compact(slices.Sorted(slices.Values(r.seen)))
	if len(once) != len(r.seen) {
		return fmt.Errorf("an event came twice: %q", r.seen)
	}
	shown := map[string]string{}
	for _, p := range r.posts(resumed) {
		shown[p.id] = p.text
	}
	if !maps.Equal(shown, r.stands) {
		return fmt.Errorf("the page shows %v, and its events brought %v", shown, r.stands)
	}
	return nil
}
