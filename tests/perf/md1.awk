# md1.awk RUN.csv RUN.hist.csv - the mean wait of each load over launches, beside the formula of M/D/1.
function median(values, n,   i, j, t) {
	for (i = 2; i <= n; i++)
		for (j = i; j > 1 && values[j - 1] > values[j]; j--) { t = values[j]; values[j] = values[j - 1]; values[j - 1] = t }
	return n % 2 ? values[(n + 1) / 2] : (values[n / 2] + values[n / 2 + 1]) / 2
}
# Two-sided 95 % quantile of Student's t; the loss from rounding to these degrees of freedom is below 1 %.
function student(n) { return n >= 30 ? 2.05 : n >= 20 ? 2.09 : n >= 15 ? 2.14 : n >= 12 ? 2.20 : n >= 10 ? 2.26 : n >= 8 ? 2.36 : 2.57 }
BEGIN { FS = "," }
FNR == 1 { file++; delete at; for (i = 1; i <= NF; i++) at[$i] = i; next }
file == 1 && $at["status"] == "ok" && $at["pass"] == "throughput" { service[++services] = $at["ns_per_item"] }
file == 1 && $at["status"] == "ok" && $at["params"] ~ /load=/ {
	load = $at["params"]
	sub(/.*load=/, "", load)
	load_of[$at["cell_id"]] = load
	rate[$at["cell_id"], $at["launch"]] = $at["rate_offered_per_s"]
}
file == 2 && ($2 in load_of) && $5 == "response" { sum[$2, $3] += $6 * $7; count[$2, $3] += $7; if ($3 > last) last = $3 }
END {
	s = median(service, services)
	printf "service time %.1f ns (median of %d launches)\n", s, services
	for (cell in load_of) {
		n = 0; total = 0; squares = 0; formula = 0
		for (l = 1; l <= last; l++) {
			if (!((cell, l) in count)) continue
			rho = rate[cell, l] * s / 1e9
			wait = sum[cell, l] / count[cell, l] - s
			formula += rho * s / (2 * (1 - rho))
			total += wait; squares += wait * wait; n++
		}
		mean = total / n
		half = student(n) * sqrt((squares / n - mean * mean) / (n - 1))
		formula /= n
		printf "load %d %%: mean wait %.0f ns (95 %% interval %.0f..%.0f, %d launches), formula %.0f ns: %s\n", load_of[cell], mean, mean - half, mean + half, n, formula,
		       formula >= mean - half && formula <= mean + half ? "agrees" : "DIFFERS"
	}
}
