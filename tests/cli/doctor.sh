# lfbench doctor: what it says about this machine, measured and not, as text and as JSON.
. "$SOURCE_DIR/tests/lib/check.sh"
cpus=$(nproc)
json() { python3 -c "import json, sys; d = json.load(open('$out')); $1"; }

run "$LFBENCH" doctor
rc_is 0
out_has '^Measured just now$'
out_has '^Columns of the results that stay empty here$'
for fact in 'frequency governor' turbo SMT 'CPU quota' 'load average' affinity 'steal time' 'hardware counters' \
	'clock source' 'clock cost' 'CPUs usable' 'round trip' 'clock offset' 'clock of latencies' gaps; do
	out_has "^  (ok|note|WARN|unknown) +$fact "
done
out_has 'CPU [0-9]+: [0-9]+ gaps a second'
check "what was measured fits 80 columns" [ -z "$(sed -n '/^Measured/,/^Threads/p' "$out" | awk 'length > 80')" ]
check "no escape sequences off a terminal" sh -c '! grep -q "$(printf "\033")" "$1"' - "$out"

# every fact that is not ok says what it means: an indented line below it
check "each note is explained" awk '
	/^  (note|WARN|unknown) / && !/threads/ { open = $0; next }
	open && /^ {11}[^ ]/ { open = ""; next }
	open && /^ {20,}/ { next }
	open { print "unexplained: " open; bad = 1; open = "" }
	END { exit bad }' "$out"

run "$LFBENCH" doctor --json
rc_is 0
if command -v python3 >/dev/null; then
	check "one JSON value with all keys" json 'm = d["measured"]; [d[k] for k in ("schema", "host", "facts", "empty_columns")];
[m[k] for k in ("facts", "counter", "stamp_ns", "round_trips", "clock_offsets", "tsc_skew_ns", "gaps")];
[m["facts"][k]["meaning"] for k in ("round_trip", "latency_clock", "clock_offset", "gaps")]'
	check "every pair of CPUs once" json "m = d['measured']; n = min($cpus, 16)
assert len({(r['cpu_a'], r['cpu_b']) for r in m['round_trips']}) == len(m['round_trips']) == n * (n - 1) // 2
assert len(m['clock_offsets']) == n - 1 and len(m['gaps']) == $cpus"
	check "figures are positive or not there" json "m = d['measured']
assert all(r['min_ns'] is None or 0 < r['min_ns'] <= r['median_ns'] for r in m['round_trips'])
assert all(o['low_ns'] is None or o['low_ns'] <= o['high_ns'] for o in m['clock_offsets'])
assert all(g['share'] is None or 0 <= g['share'] <= 1 for g in m['gaps'])"
	check "empty columns have reasons, and are columns" json "
header = '$("$BENCH_DIR/pairs" --backend null --items 1000 --trials 1 --csv - 2>/dev/null | head -n 1)'.split(',')
assert all(e['reason'] and set(e['columns']) <= set(header) for e in d['empty_columns'])"
fi

run "$LFBENCH" doctor --quick
rc_is 0
out_lacks 'Measured'
out_has 'frequency governor'
run "$LFBENCH" doctor --quick --json
rc_is 0
out_lacks '"measured"'

# one CPU: nothing to measure between CPUs, and the columns that stay empty for it
if command -v taskset >/dev/null; then
	run taskset -c "$(taskset -cp $$ | grep -oE '[0-9]+' | tail -n 1)" "$LFBENCH" doctor
	rc_is 0
	out_has 'one CPU: no round trip to measure'
	out_has 'probe_before_ns, probe_after_ns, tsc_skew_ns'
	out_lacks 'against CPU'
	run taskset -c "$(taskset -cp $$ | grep -oE '[0-9]+' | tail -n 1)" "$LFBENCH" doctor --probes 3
	rc_is 2
	err_has 'one CPU'
fi

# probing again and again: CSV on stdout, the summary on stderr
if [ "$cpus" -ge 2 ]; then
	run "$LFBENCH" doctor --probes 5
	rc_is 0
	pairs=$((cpus > 9 ? 8 : cpus - 1))
	check "a header, and five readings of each pair" [ "$(wc -l <"$out")" -eq $((1 + 5 * pairs)) ]
	check "five fields each" [ -z "$(awk -F, 'NF != 5' "$out")" ]
	err_has '^5 readings'
	err_has 'of 4 times by more than'
fi

for bad in 0 1 -1 x 1e9 '' 99999999999999999999; do
	run "$LFBENCH" doctor --probes "$bad"
	rc_is 2
	err_has 'probes'
done
run "$LFBENCH" doctor --probes; rc_is 2; err_has 'needs a value'
run "$LFBENCH" doctor --color; rc_is 2; err_has 'needs a value'
run "$LFBENCH" doctor --color purple; rc_is 2; err_has 'auto, always or never'
run "$LFBENCH" doctor --probes 5 --json; rc_is 2
run "$LFBENCH" doctor --probes 5 --quick; rc_is 2
run "$LFBENCH" doctor --qiuck; rc_is 2; err_has 'quick'
run "$LFBENCH" doctor extra; rc_is 2; err_has 'extra'
if [ -w /dev/full ]; then
	for how in "" --json --quick "--probes 2"; do
		# shellcheck disable=SC2086
		run sh -c '"$0" doctor $1 >/dev/full' "$LFBENCH" "$how"
		[ -n "$how" ] && [ "$how" = "--probes 2" ] && [ "$cpus" -lt 2 ] && continue
		rc_is 2
		err_has 'cannot be written'
	done
fi
finish
