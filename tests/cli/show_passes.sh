# `lfbench show` of a file with all three passes, made from a file of the throughput pass.
. "$SOURCE_DIR/tests/lib/check.sh"

# From the reference run, as if the machine had not been looked at. $1: awk statements that see a row's columns as v["name"] and print rows with emit().
derive() {
	awk -F, -v OFS=, '
		function emit(   i, line) { line = v[names[1]]; for (i = 2; i <= n; i++) line = line "," v[names[i]]; print line }
		NR == 1 { n = split($0, names); print; next }
		/"/ { next }
		{ for (i = 1; i <= n; i++) v[names[i]] = $i; if (v["pass"] != "throughput") next
		v["probe_before_ns"] = v["probe_after_ns"] = ""; sub(/;?regime/, "", v["flags"]); '"$1"' }' "$SOURCE_DIR/results/reference.csv"
}
export COLUMNS=80

# Backend, ns/op and interval of every line of the tables; marks and all columns that follow left out.
speeds() {
	awk '/ (ref|[ms]p[ms]c-)/ { sub(/^[=! ]*/, ""); for (i = 3; i <= NF; i++) if ($i ~ /^[0-9.]+$/ && $(i + 1) ~ /^[0-9.]+[^0-9. ]+[0-9.]+$/) print $1, $i, $(i + 1) }' "$1"
}

derive 'emit()' >timed.csv
run "$LFBENCH" show timed.csv
rc_is 0
out_lacks 'p50|Why|core to core'
speeds "$out" >before
check "there are figures to compare" [ "$(wc -l <before)" -gt 20 ]
tables=$(grep -c '^  backend .*semantics' "$out")

derive 'emit()
	if (v["trial"] == 1) {
		v["pass"] = "latency"; v["ns_per_op"] = 77777; v["lat_mode"] = "closed"; v["lat_p50_ns"] = 150; v["lat_p99_ns"] = 4500; emit()
		v["lat_mode"] = "open"; v["params"] = "arrivals=poisson;load=50"; emit()
		v["params"] = "arrivals=poisson;load=90"; v["flags"] = "overloaded"; v["lat_p50_ns"] = v["lat_p99_ns"] = ""; emit()
		v["lat_mode"] = ""; v["params"] = ""; v["flags"] = ""
		v["pass"] = "contention"; v["flavour"] = "counting"; v["backend_build_id"] = "c0"; v["cas_failures"] = v["ops"] / 2; emit() }' \
	>three.csv
run "$LFBENCH" show three.csv
rc_is 0
check "as many tables as before" [ "$(grep -c '^  backend .*semantics' "$out")" -eq "$tables" ]
speeds "$out" >after
check "the same figures as before" cmp before after
out_has '^.[!= ]?mutex_ring +mpmc-fifo .*150 ns +4\.50 .s'
out_has '^  mutex_ring +50 % +150 ns +4\.50 .s'
out_has '^ +90 % +OVERLOADED'
out_has '^  mutex_ring +0\.50 failed CAS'
out_lacks '77777'
out_lacks 'null +0\.50 failed'

derive 'v["flags"] = "pilot"; v["ns_per_op"] /= 2; v["launch"] += 100; emit(); for (i = 1; i <= n; i++) v[names[i]] = $i; emit()' >pilot.csv
run "$LFBENCH" show pilot.csv
rc_is 0
speeds "$out" >after
check "a pilot changes no figure" cmp before after
out_has '^[a-z] pilot \([0-9]+ of [0-9]+ rows\)'

derive 'v["probe_before_ns"] = v["launch"] > 4 ? 600 : 131; emit()' >regimes.csv
COLUMNS=100 run "$LFBENCH" show --ascii regimes.csv
rc_is 0
out_has 'Machine changed: [0-9]+ launches at 131 ns core to core, [0-9]+ at 600 ns; medians mix both'
out_has '^  mutex_ring +[0-9.]+ \(4\) +[0-9.]+ \(2\)'
finish
