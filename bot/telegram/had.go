package telegram

import (
	"errors"
	"slices"

	"peerbot/storage"
)

// had are the numbers of the updates that were taken: ranges, the one that grew last at
// the end. Numbers follow one another, save that they begin anew anywhere after a quiet
// week, so a few ranges say it all: https://core.telegram.org/bots/api#update
type had struct {
	Ranges [][2]int64 `json:"ranges"`
}

// maxRanges is how many ranges are remembered.
const maxRanges = 64

// add notes a number and reports whether it is new.
func (h *had) add(id int64) bool {
	for _, r := range h.Ranges {
		if r[0] <= id && id <= r[1] {
			return false
		}
	}
	for i, r := range slices.Backward(h.Ranges) {
		if id == r[1]+1 || id == r[0]-1 {
			h.Ranges = append(slices.Delete(h.Ranges, i, i+1), [2]int64{min(r[0], id), max(r[1], id)})
			return true
		}
	}
	h.Ranges = append(h.Ranges, [2]int64{id, id})
	h.Ranges = h.Ranges[max(0, len(h.Ranges)-maxRanges):]
	return true
}

func isMissing(err error) bool {
	return errors.Is(err, storage.ErrNotFound) || errors.Is(err, storage.ErrErased)
}
