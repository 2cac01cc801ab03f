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
	var space [64]uintptr
	pcs := space[:]
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs)
		for _, pc := range pcs[:n] { // Each stands behind a call; Run calls directly what it is given.
			if f := runtime.FuncForPC(pc - 1); f != nil && f.Entry() == run {
				panic("storage: Update inside an Update's function")
			}
		}
		if n < len(pcs) {
			return
		}
	}
}
