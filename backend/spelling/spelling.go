// Package spelling says how far apart two spellings are.
package spelling

// Distance is Levenshtein's: the fewest letters that have to be added, taken out or exchanged to make b of a. It takes
// time in proportion to the length of a times that of b: bound what comes from outside.
func Distance(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
