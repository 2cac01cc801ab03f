package meeting

import (
	"maps"
	"slices"
	"strings"
)

// index finds the numbers that stand under a term, or under every term with a beginning.
type index struct {
	under map[string]*[]int32
	terms []string   // terms are those of under, sorted, once sort was called.
	lists []*[]int32 // lists are what stands under each of them.
	ready bool
}

func newIndex() index { return index{under: map[string]*[]int32{}} }

// sort makes the index ready to be asked. Before that many can be added quickly.
func (ix *index) sort() {
	ix.terms, ix.ready = slices.Sorted(maps.Keys(ix.under)), true
	ix.lists = make([]*[]int32, len(ix.terms))
	for i, term := range ix.terms {
		ix.lists[i] = ix.under[term]
	}
}

// add files n under the terms.
func (ix *index) add(n int32, terms []string) {
	for _, term := range terms {
		list := ix.under[term]
		if list == nil {
			list = &[]int32{}
			ix.under[term] = list
			if at, _ := slices.BinarySearch(ix.terms, term); ix.ready {
				ix.terms, ix.lists = slices.Insert(ix.terms, at, term), slices.Insert(ix.lists, at, list)
			}
		}
		*list = append(*list, n)
	}
}

// remove takes n from under the terms.
func (ix *index) remove(n int32, terms []string) {
	for _, term := range terms {
		list := ix.under[term]
		if list == nil {
			continue
		}
		*list = slices.DeleteFunc(*list, func(o int32) bool { return o == n })
		if len(*list) > 0 {
			continue
		}
		delete(ix.under, term)
		if at, found := slices.BinarySearch(ix.terms, term); found {
			ix.terms, ix.lists = slices.Delete(ix.terms, at, at+1), slices.Delete(ix.lists, at, at+1)
		}
	}
}

// set is a set of numbers, a bit for each.
type set []uint64

func (s set) has(n int32) bool { return s[n/64]&(1<<(n%64)) != 0 }

func (s set) put(all []int32) {
	for _, n := range all {
		s[n/64] |= 1 << (n % 64)
	}
}

// exactly are the numbers under a term, all below size.
func (ix *index) exactly(term string, size int) set {
	s := make(set, size/64+1)
	if list := ix.under[term]; list != nil {
		s.put(*list)
	}
	return s
}

// beginning are the numbers under the terms with the beginning, all below size.
func (ix *index) beginning(with string, size int) set {
	s := make(set, size/64+1)
	first, _ := slices.BinarySearch(ix.terms, with)
	for i, term := range ix.terms[first:] {
		if !strings.HasPrefix(term, with) {
			break
		}
		s.put(*ix.lists[first+i])
	}
	return s
}
