package mem

// node is a persistent treap: ordered by key, heaped by a rank that is a hash of
// the key, never changed once made. Seidel and Aragon, "Randomized Search Trees",
// 1996; an insert shares all but O(log n) nodes with the tree before it.
type node struct {
	key         string
	value       []byte
	rank        uint64
	left, right *node
}

// split returns the trees before and after key, and the node at it.
func split(n *node, key string) (left, mid, right *node) {
	switch {
	case n == nil:
		return nil, nil, nil
	case n.key < key:
		l, m, r := split(n.right, key)
		return n.with(n.left, l), m, r
	case n.key > key:
		l, m, r := split(n.left, key)
		return l, m, n.with(r, n.right)
	}
	return n.left, n, n.right
}

// join is one tree of two whose keys do not overlap.
func join(left, right *node) *node {
	switch {
	case left == nil:
		return right
	case right == nil:
		return left
	case left.rank > right.rank:
		return left.with(left.left, join(left.right, right))
	}
	return right.with(join(left, right.left), right.right)
}

func (n *node) with(left, right *node) *node {
	return &node{key: n.key, value: n.value, rank: n.rank, left: left, right: right}
}

func (n *node) find(key string) *node {
	for n != nil && n.key != key {
		if key < n.key {
			n = n.left
		} else {
			n = n.right
		}
	}
	return n
}

// walk visits from <= key < to in order; a nil to is the end. It reports whether
// visit asked for more.
func (n *node) walk(from string, to []byte, visit func(*node) bool) bool {
	if n == nil {
		return true
	}
	if n.key >= from && !n.left.walk(from, to, visit) {
		return false
	}
	if to != nil && n.key >= string(to) {
		return true
	}
	if n.key >= from && !visit(n) {
		return false
	}
	return n.right.walk(from, to, visit)
}
