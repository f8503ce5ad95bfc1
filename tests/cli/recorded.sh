# run --check history: rows say what was judged, the cost is measured and shown, and what cannot be checked so says why.
. "$SOURCE_DIR/tests/lib/check.sh"
quick="--items 20000 --audit-items 1000 --trials 2 --launches 1 --progress never"

# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring,vyukov_mpmc,null --workload producer_consumer,pairs --threads 2 --check sum,history $quick -o both.csv
rc_is 0
out_has 'checked by history'
out_has '^mutex_ring: pairs 2x2, capacity [0-9]+, [a-z]+ +[0-9]+\.[0-9]{2} '
out_has '^slowed: '
levels() { # STATUS: check levels of the rows of queues
	awk -F, -v want="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["backend"] != "null" && $at["status"] == "ok" && ($at["params"] == "check=history") == want { print $at["check_level"] }' both.csv |
		sort -u | tr '\n' ' '
}
check "with a history" [ "$(levels 1)" = 'sum+audit+history ' ]
check "without" [ "$(levels 0)" = 'sum+audit ' ]
check "all values of a short trial are judged" \
	[ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["params"] == "check=history" && $at["status"] == "ok" && $at["ops_checked"] < 40000' both.csv | wc -l)" = 0 ]
check "each such trial has its cost" [ "$(grep -c ',history_slowdown,,[0-9.]*$' both.detail.csv)" = 8 ]
check "a reference is no queue" grep -q '^1,.*,null,.*,unsupported,"check=history: a reference' both.csv
run "$LFBENCH" show both.csv
rc_is 0
out_has 'checked by history'
mv both.detail.csv elsewhere
run "$LFBENCH" show both.csv
rc_is 0
out_has '^mutex_ring: pairs 2x2.* not known'

# what is wrong only in the sample is found by who started the process, and leaves no figures
# shellcheck disable=SC2086
run "$LFBENCH" run --backend "$BROKEN_DIR/false_empty.so" --workload producer_consumer --check history $quick --audit-items 1 -o wrong.csv
rc_is 4
of_invalid() { # COLUMN: what invalid rows have there
	awk -F, -v want="$1" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["status"] == "invalid" { print $at[want] }' wrong.csv
}
check "refuted" [ "$(of_invalid trial | wc -l)" -ge 1 ]
check "by the pattern" sh -c 'printf "%s\n" "$1" | grep -q "^history: VWit: "' - "$(of_invalid reason)"
for figure in ns_per_op duration_ns ops_checked fairness_consumers probe_after_ns; do
	check "no $figure" [ -z "$(of_invalid $figure | tr -d '\n')" ]
done
for trial in $(of_invalid trial); do
	check "nor details of trial $trial" [ "$(awk -F, -v trial="$trial" 'NR > 1 && $5 == trial' wrong.detail.csv | wc -l)" = 0 ]
done

# the other ways of waiting
for wait in spin yield park; do
	run "$BENCH_DIR/producer_consumer" --backend two_lock --wait $wait --items 20000 --audit-items 1000 --trials 1 --check history --csv -
	rc_is 0
	check "wait=$wait" [ "$(column "$out" check_level)" = sum+audit+history ]
done
run "$BENCH_DIR/pairs" --backend mutex_cond --wait block --threads 2 --items 20000 --audit-items 1000 --trials 1 --check history --csv -
check "wait=block" [ "$(column "$out" check_level)" = sum+audit+history ]

refused() { # REASON arguments
	reason=$1
	shift
	run "$BENCH_DIR/producer_consumer" --backend mutex_ring --items 1000 --check history --csv - "$@"
	rc_is 77
	check "refused: $reason" sh -c 'printf "%s" "$1" | grep -q "$2"' - "$(column "$out" reason)" "$reason"
}
refused 'single items' --batch 4
refused 'without work' --payload 64
run "$BENCH_DIR/producer_consumer" --backend mutex_ring --check history --pass latency
rc_is 2
err_has 'check history is for --pass throughput'
run "$BENCH_DIR/ping_pong" --backend mutex_ring --check history
rc_is 2
run "$BENCH_DIR/pairs" --backend mutex_ring --check luck
rc_is 2
err_has 'luck'
# of other passes it is not
# shellcheck disable=SC2086
run "$LFBENCH" run --backend mutex_ring --workload pairs --threads 2 --check history --pass throughput,latency $quick -o passes.csv
rc_is 0
check "a latency row is checked as ever" \
	[ "$(awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next } $at["pass"] == "latency" { print $at["check_level"] }' passes.csv | sort -u)" = sum+audit ]
finish
