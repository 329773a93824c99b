package pdf

// A QR code may wear any of eight masks (ISO/IEC 18004, 7.8). The encoder picks
// the one with the fewest blemishes, and leaves groups of modules that look like
// a corner: some readers take them for one and miss about 3 codes of 100,
// however large they are drawn. Such a code gets the mask that has the fewest.
// What it says stays the same.

// unmistakable gives the modules the mask with the fewest false corners; the one
// they have, where it has none.
func unmistakable(m [][]bool) [][]bool {
	best, fewest := m, falseCorners(m)
	if fewest == 0 {
		return m
	}
	level, worn := format(m)
	still := fixed(len(m))
	for mask := 0; mask < 8 && fewest > 0; mask++ {
		if mask == worn {
			continue
		}
		other := masked(m, still, level, worn, mask)
		if n := falseCorners(other); n < fewest {
			best, fewest = other, n
		}
	}
	return best
}

// flips tells whether a mask turns the module of a row and a column.
func flips(mask, i, j int) bool {
	switch mask {
	case 0:
		return (i+j)%2 == 0
	case 1:
		return i%2 == 0
	case 2:
		return j%3 == 0
	case 3:
		return (i+j)%3 == 0
	case 4:
		return (i/2+j/3)%2 == 0
	case 5:
		return i*j%2+i*j%3 == 0
	case 6:
		return (i*j%2+i*j%3)%2 == 0
	default:
		return ((i+j)%2+i*j%3)%2 == 0
	}
}

// masked takes one mask off and puts another on.
func masked(m, still [][]bool, level, from, to int) [][]bool {
	n := len(m)
	out := make([][]bool, n)
	for i := range n {
		out[i] = make([]bool, n)
		for j := range n {
			out[i][j] = m[i][j] != (!still[i][j] && flips(from, i, j) != flips(to, i, j))
		}
	}
	write(out, level, to)
	return out
}

// fixed tells the modules that wear no mask: corners, timing, alignment, format
// and version.
func fixed(n int) [][]bool {
	out := make([][]bool, n)
	for i := range n {
		out[i] = make([]bool, n)
		for j := range n {
			out[i][j] = i < 9 && j < 9 || i < 9 && j >= n-8 || i >= n-8 && j < 9 || i == 6 || j == 6 ||
				n >= 45 && (i < 6 && j >= n-11 || j < 6 && i >= n-11) // the version, from 7 on
		}
	}
	at := alignments(n)
	last := len(at) - 1
	for x, row := range at {
		for y, column := range at {
			if x == 0 && y == 0 || x == 0 && y == last || x == last && y == 0 { // a corner stands there
				continue
			}
			for i := row - 2; i <= row+2; i++ {
				for j := column - 2; j <= column+2; j++ {
					out[i][j] = true
				}
			}
		}
	}
	return out
}

func abs(x int) int { return max(x, -x) }

// alignments are where the centres of alignment patterns stand (annex E).
func alignments(n int) []int {
	version := (n - 17) / 4
	if version == 1 {
		return nil
	}
	count := version/7 + 2
	step := (version*8 + count*3 + 5) / (count*4 - 4) * 2
	out := make([]int, count)
	out[0] = 6
	for k := count - 1; k > 0; k-- {
		out[k] = n - 7 - (count-1-k)*step
	}
	return out
}

const formatMask = 0x5412

// formatAt are the places of the fifteen bits of the format, the lowest first;
// each stands twice.
func formatAt(n, bit int) (first, second [2]int) {
	switch {
	case bit < 6:
		first = [2]int{bit, 8}
	case bit < 8:
		first = [2]int{bit + 1, 8}
	case bit == 8:
		first = [2]int{8, 7}
	default:
		first = [2]int{8, 14 - bit}
	}
	second = [2]int{8, n - 1 - bit}
	if bit >= 8 {
		second = [2]int{n - 15 + bit, 8}
	}
	return first, second
}

// format reads the level of correction and the mask.
func format(m [][]bool) (level, mask int) {
	bits := 0
	for b := range 15 {
		if at, _ := formatAt(len(m), b); m[at[0]][at[1]] {
			bits |= 1 << b
		}
	}
	bits ^= formatMask
	return bits >> 13, bits >> 10 & 7
}

func write(m [][]bool, level, mask int) {
	data := level<<3 | mask
	rest := data
	for range 10 {
		rest = rest<<1 ^ rest>>9*0x537
	}
	bits := (data<<10 | rest) ^ formatMask
	for b := range 15 {
		first, second := formatAt(len(m), b)
		dark := bits>>b&1 == 1
		m[first[0]][first[1]], m[second[0]][second[1]] = dark, dark
	}
}

// falseCorners counts the places inside a code where the runs of dark and light
// read 1:1:3:1:1 across and down, as they do in its three corners.
func falseCorners(m [][]bool) (found int) {
	n := len(m)
	across := func(i, j int) bool { return m[i][j] }
	down := func(i, j int) bool { return m[j][i] }
	for i := range n {
		for j := 0; j < n; j++ {
			start, end := stretch(across, n, i, j)
			j = end - 1
			if !m[i][start] || end-start < 2 { // too short for a middle
				continue
			}
			middle := (start + end - 1) / 2
			corner := abs(i-3) < 3 && (abs(middle-3) < 3 || abs(middle-(n-4)) < 3) || abs(i-(n-4)) < 3 && abs(middle-3) < 3
			if !corner && cornerlike(across, n, i, middle) && cornerlike(down, n, middle, i) {
				found++
			}
		}
	}
	return found
}

// stretch is where the run of one colour that holds a module begins and ends.
func stretch(at func(i, j int) bool, n, i, j int) (start, end int) {
	start, end = j, j+1
	for start > 0 && at(i, start-1) == at(i, j) {
		start--
	}
	for end < n && at(i, end) == at(i, j) {
		end++
	}
	return start, end
}

// cornerlike tells whether the dark run of a module is the middle one of
// 1:1:3:1:1, each within half a module, as readers look for it.
func cornerlike(at func(i, j int) bool, n, i, j int) bool {
	if !at(i, j) {
		return false
	}
	var runs [5]int
	start, end := stretch(at, n, i, j)
	runs[2] = end - start
	for k := 1; k >= 0; k-- {
		if start == 0 {
			return false
		}
		from, to := stretch(at, n, i, start-1)
		runs[k], start = to-from, from
	}
	for k := 3; k < 5; k++ {
		if end == n {
			return false
		}
		from, to := stretch(at, n, i, end)
		runs[k], end = to-from, to
	}
	total := runs[0] + runs[1] + runs[2] + runs[3] + runs[4]
	for k, length := range runs {
		want := 1
		if k == 2 {
			want = 3
		}
		if 2*abs(want*total-7*length) >= want*total {
			return false
		}
	}
	return true
}
