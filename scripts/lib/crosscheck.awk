# crosscheck.awk - the arithmetic of scripts/crosscheck, whose header has the reasons.
#
# Reads one execution a line: cell, pair, size (1 or 3), items, ns_per_item of its row, wall seconds.
# Cell 0 is the control; `names` has the others' names in order. Prints the table; exit status 1 if
# one disagrees.

BEGIN {
	SLACK = 0.01 # clocks that are slewed apart, and what else is small and cannot be told from it
	WIDTH = 0.10 # an interval that reaches further than this from 1 says too little
	PAIRS_MIN = 6 # fewer have no 95 % interval
}

{
	items[$1, $2, $3] = $4
	row_ns[$1, $2, $3] = $4 * $5
	published[$1, $2, $3] = $5
	wall_ns[$1, $2, $3] = $6 * 1e9
	if ($3 == 3 && $2 > pairs[$1])
		pairs[$1] = $2
}

function sort_into(values, n, sorted,   i, j, value) {
	for (i = 1; i <= n; i++) {
		value = values[i]
		for (j = i - 1; j >= 1 && sorted[j] > value; j--)
			sorted[j + 1] = sorted[j]
		sorted[j + 1] = value
	}
}

# Largest k such that the k-th smallest and the k-th largest of n enclose the median with 95 % confidence.
function rank(n,   k, term, tail) {
	term = 0.5 ^ n # chance that exactly k of n lie below the median
	tail = term
	for (k = 0; tail <= 0.025; k++) {
		term *= (n - k) / (k + 1)
		tail += term
	}
	return k
}

# Median and interval of values[1..n] into `middle`, `low`, `high`.
function estimate(values, n,   sorted, k) {
	sort_into(values, n, sorted)
	middle = n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
	k = rank(n)
	low = sorted[k]
	high = sorted[n + 1 - k]
}

function abs(x) { return x < 0 ? -x : x }

function figure(middle, low, high, digits) {
	return sprintf("%." digits "f (%." digits "f..%." digits "f)", middle, low, high)
}

# What grows with the items and is not in the rows, from the control: ns per item.
function find_untimed(   k, values) {
	for (k = 1; k <= pairs[0]; k++)
		values[k] = (wall_ns[0, k, 3] - wall_ns[0, k, 1] - row_ns[0, k, 3] + row_ns[0, k, 1]) / (items[0, k, 3] - items[0, k, 1])
	estimate(values, pairs[0])
	untimed = middle
	untimed_low = low
	untimed_high = high
}

function verdict(low, high) {
	if (high < 1 - SLACK || low > 1 + SLACK)
		return "DISAGREE"
	return low >= 1 - WIDTH && high <= 1 + WIDTH ? "agree" : "not resolved"
}

function judge(cell,   k, n, more, rows, wall, ratio, shown, said) {
	for (k = 1; k <= pairs[cell]; k++) {
		more = items[cell, k, 3] - items[cell, k, 1]
		rows[k] = (row_ns[cell, k, 3] - row_ns[cell, k, 1]) / more
		wall[k] = (wall_ns[cell, k, 3] - wall_ns[cell, k, 1]) / more - untimed
		ratio[k] = rows[k] == 0 ? 1e9 : wall[k] / rows[k]
		shown[2 * k - 1] = published[cell, k, 1]
		shown[2 * k] = published[cell, k, 3]
	}
	n = pairs[cell]
	printf "%-14s %9d %6d", name[cell], items[cell, 1, 1], n
	estimate(shown, 2 * n)
	printf "  %9.2f", middle
	estimate(wall, n)
	printf "  %-26s", figure(middle, low, high, 2)
	estimate(rows, n)
	printf "  %-26s", figure(middle, low, high, 2)
	# The control's own uncertainty comes on top, as a share of this cell's cost.
	k = abs(middle) > 0 ? abs(middle) : 1
	estimate(ratio, n)
	low -= (untimed_high - untimed) / k
	high += (untimed - untimed_low) / k
	said = verdict(low, high)
	printf "  %-24s  %s\n", figure(middle, low, high, 4), said
	return said
}

END {
	cells = split(names, name, " ")
	for (cell = 0; cell <= cells; cell++) {
		if (pairs[cell] < PAIRS_MIN) {
			print "crosscheck: fewer than " PAIRS_MIN " pairs were measured; there is no interval." >"/dev/stderr"
			exit 2
		}
	}
	find_untimed()
	printf "%-14s %9s %6s  %9s  %-26s  %-26s  %-24s  %s\n", "", "", "", "ns/item", "ns/item by", "ns/item by", "ratio of", ""
	printf "%-14s %9s %6s  %9s  %-26s  %-26s  %-24s  %s\n", "backend", "N", "pairs", "published", "hyperfine's slope",
		"the rows' slope", "the slopes", "verdict"
	for (cell = 1; cell <= cells; cell++) {
		said = judge(cell)
		disagreed += said == "DISAGREE"
		unresolved = unresolved (said == "not resolved" ? " " name[cell] : "")
	}
	printf "\nIn brackets: 95 %% interval of the median over pairs. Beside the trials %s ns per item pass\n", figure(untimed, untimed_low, untimed_high, 3)
	print "untimed (the sum of all values is computed anew for verification), and are subtracted from hyperfine's."
	if (unresolved != "")
		print "crosscheck: WARNING: not resolved:" unresolved ". The interval of the ratio is wider than 1 +- " WIDTH ": the machine is too unsteady. Try more --pairs, or run again when it is idle." >"/dev/stderr"
	exit disagreed > 0
}
