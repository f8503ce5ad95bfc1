# md1.awk RUN.csv RUN.hist.csv - the mean wait at each load, beside the formula of M/D/1.
#
# Each launch gives one mean; of these the mean and its interval (Student) are taken. The service is long, 1 ms: this
# virtual machine loses 40 to 70 us in every millisecond, which spreads a service of 20 us enough to double the mean
# wait (it then is M/G/1: 7.2 us instead of 3.5 us at 25 % were measured), and one of 1 ms hardly at all.
# Two-sided 95 % quantile of Student's t for n values.
function student(n) { return n >= 20 ? 2.09 : n >= 15 ? 2.14 : n >= 12 ? 2.20 : n >= 10 ? 2.26 : n >= 8 ? 2.36 : 2.57 }
function sort(values, n,   i, j, t) {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && values[j - 1] > values[j]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
}
function median(values, n) {
	sort(values, n)
	return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}
BEGIN { FS = "," }
FNR == 1 { file++; delete at; for (i = 1; i <= NF; i++) at[$i] = i; next }
file == 1 && $at["params"] == "load=saturation" { busy[++busies] = 1e9 / $at["rate_achieved_per_s"] }
file == 1 && $at["status"] == "ok" && $at["params"] ~ /load=[0-9]/ {
	load = $at["params"]
	sub(/.*load=/, "", load)
	load_of[$at["cell_id"]] = load
	if (least == "" || load < least) least = load
	if (load == least) idle[load, ++idles[load]] = $at["lat_p50_ns"]
	trials[load]++
	if ($at["flags"] ~ /overloaded/) next
	rate[$at["cell_id"], $at["launch"], $at["trial"]] = $at["rate_offered_per_s"]
}
file == 2 && (($2, $3, $4) in rate) && $5 == "response" {
	key = $2 SUBSEP $3 SUBSEP $4
	if (!(key in count)) keys[++known] = key
	sum[key] += $6 * $7; count[key] += $7
}
END {
	cycle = median(busy, busies)  # from one pop to the next while busy: the server is taken for so long
	for (i = 1; i <= idles[least]; i++) alone[i] = idle[least, i]
	s = median(alone, idles[least])  # at the least load most items find the server idle: their latency is no wait
	printf "an item alone takes %.0f ns; while busy one leaves every %.1f ns\n", s, cycle
	for (cell in load_of) {
		n = 0; delete waits; delete expected
		for (i = 1; i <= known; i++) {
			split(keys[i], part, SUBSEP)
			if (part[1] != cell) continue
			rho = rate[keys[i]] * cycle / 1e9
			waits[++n] = sum[keys[i]] / count[keys[i]] - s
			expected[n] = rho * cycle / (2 * (1 - rho))
		}
		load = load_of[cell]
		if (n < 6) { printf "load %d %%: only %d of %d trials achieved\n", load, n, trials[load]; continue }
		total = squares = formula = 0
		for (i = 1; i <= n; i++) { total += waits[i]; squares += waits[i] * waits[i]; formula += expected[i] / n }
		middle = total / n
		usual = median(waits, n)
		half = student(n) * sqrt((squares / n - middle * middle) / (n - 1))
		low = middle - half; high = middle + half
		printf "load %d %%: mean wait %.0f ns (95 %% interval %.0f..%.0f, %d of %d launches achieved; their median %.0f), formula %.0f ns: %s\n", load, middle, low, high, n, trials[load], usual, formula,
		       formula >= low && formula <= high ? "agrees" : "DIFFERS"
	}
}
