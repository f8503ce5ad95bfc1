# A benchmark binary used alone: rows on standard output, a summary, the exit status.
. "$SOURCE_DIR/tests/lib/check.sh"

run "$BENCH_DIR/pairs" --backend mutex_ring --threads 2 --items 2e4 --trials 2 --csv -
rc_is 0
check "a header and two rows" [ "$(wc -l <"$out")" -eq 3 ]
check "both ok" [ "$(column "$out" status | sort -u)" = ok ]
check "items as asked" [ "$(column "$out" items | sort -u)" = 20000 ]
check "ops are pushes plus pops" [ "$(column "$out" ops | sort -u)" = 40000 ]
check "a duration" [ -n "$(column "$out" duration_ns | grep -E '^[1-9]')" ]
check "checked all ops" [ "$(column "$out" ops_checked | sort -u)" = 40000 ]
check "latency is not measured, so empty" [ -z "$(column "$out" lat_p99_ns | tr -d '\n')" ]

run "$BENCH_DIR/producer_consumer" --backend mutex_ring --producers 2 --consumers 3 --items 10001 --capacity 7 --trials 1 --csv -
rc_is 0
check "items that do not divide are all moved" [ "$(column "$out" items)" = 10001 ]
check "capacity as asked" [ "$(column "$out" capacity_effective)" = 7 ]

# figures agree with each other
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ d = $at["duration_ns"]; o = $at["ops"]; if ((d / o - $at["ns_per_op"]) ^ 2 > (d / o * 1e-4) ^ 2) exit 1
	  if (($at["ops_per_s"] / (o / d * 1e9) - 1) ^ 2 > 1e-8) exit 1 }' "$out"
check "ns_per_op and ops_per_s follow from duration and ops" [ $? -eq 0 ]

for batch in 2 16 256; do
	run "$BENCH_DIR/producer_consumer" --backend mutex_ring --batch $batch --items 9999 --trials 1 --csv -
	rc_is 0
	check "batch $batch" [ "$(column "$out" status)" = ok ]
done

for wait in spin yield backoff park block; do
	run "$BENCH_DIR/ping_pong" --backend mutex_cond --wait $wait --items 500 --audit-items 500 --trials 1 --csv -
	rc_is 0
	check "wait $wait" [ "$(column "$out" wait)" = $wait ]
done

# what the backend cannot do is status 77 and a row that says so
run "$BENCH_DIR/pairs" --backend mutex_ring --wait block --items 100 --csv -
rc_is 77
check "unsupported" [ "$(column "$out" status)" = unsupported ]
check "with the reason" [ "$(column "$out" reason | grep -c blocking)" -eq 1 ]
check "without figures" [ -z "$(column "$out" ns_per_op)" ]

# for people
run "$BENCH_DIR/pairs" --backend mutex_ring --items 1000
rc_is 0
out_has 'median .* ns/op'
run "$BENCH_DIR/pairs" --help; rc_is 0; out_has 'Examples'
run "$BENCH_DIR/pairs" --version; rc_is 0; out_has 'lfbench [0-9]'

# more threads than CPUs is allowed, and flagged
run "$BENCH_DIR/pairs" --backend mutex_ring --threads 64 --items 6400 --trials 1 --csv -
rc_is 0
check "flagged" [ "$(column "$out" flags | grep -c oversubscribed)" -eq 1 ]

# two threads on one CPU is oversubscribed too
run "$BENCH_DIR/pairs" --backend mutex_ring --items 1000 --trials 1 --pin cpus:0 --csv -
rc_is 0
check "flagged" [ "$(column "$out" flags | grep -c oversubscribed)" -eq 1 ]

# a CPU the kernel refuses: measured, and flagged
run "$BENCH_DIR/pairs" --backend mutex_ring --items 1000 --trials 1 --cpus 0+9000 --csv -
rc_is 0
check "flagged" [ "$(column "$out" flags | grep -c unpinned)" -eq 1 ]
finish
