// Package archtest holds the shape of the program as tests: who may import whom,
// which library stays in which folder, and how large the engine may grow. Each
// rule has its reason, which the failing test prints.
//
// It is never part of the program.
package archtest
