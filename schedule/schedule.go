// Package schedule knows when: Rule is a recurrence on wall time in a zone, right
// across clock changes; Timetable is when a chore of the house is done; and Agenda is
// the durable list of what is due.
//
// It sends nothing, knows no meeting and no message, and imports storage and spoken
// alone.
package schedule
