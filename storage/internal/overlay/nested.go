package overlay

import (
	"reflect"
	"runtime"
)

// RefuseNested panics when the calling goroutine is inside an Update's function:
// waiting there for the next turn would wait for ever. An Update's function is
// given no context, so it is the goroutine's stack that tells. Engines ask only
// when a call would have to wait.
func RefuseNested() {
	run := reflect.ValueOf(Run).Pointer()
	pcs := make([]uintptr, 64)
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		frames := runtime.CallersFrames(pcs[:n])
		for more := n > 0; more; {
			var f runtime.Frame
			if f, more = frames.Next(); f.Entry == run {
				panic("storage: Update inside an Update's function")
			}
		}
		if n < len(pcs) {
			return
		}
	}
}
