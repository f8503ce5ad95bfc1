# fan_in: N one-shot threads, a collector, both ways of timing.
. "$SOURCE_DIR/tests/lib/check.sh"

few="--items 200 --audit-items 100 --trials 1 --csv -"

run "$BENCH_DIR/fan_in" --backend mutex_ring $few
rc_is 0
check "20 threads unless told otherwise" [ "$(column "$out" producers)" = 20 ]
check "a queue of 20" [ "$(column "$out" capacity_effective)" = 20 ]
check "verified" [ "$(column "$out" status)" = ok ]
check "each result once in and once out" [ "$(column "$out" ops_checked)" = 400 ]

run "$BENCH_DIR/fan_in" --backend vyukov_mpmc $few
check "a ring that rounds up says so" [ "$(column "$out" capacity_effective)" = 32 ]

# rounds that do not divide; room for fewer than there are threads
for creation in untimed timed; do
	run "$BENCH_DIR/fan_in" --backend mutex_cond --creation $creation --producers 7 --capacity 2 --wait block --items 31 --audit-items 8 --trials 1 --csv -
	rc_is 0
	check "$creation: items that do not divide" [ "$(column "$out" items)" = 31 ]
done
out_has 'creation=timed'

run "$BENCH_DIR/fan_in" --backend mutex_ring --producers 64 --capacity 1 --wait park $few
rc_is 0
run "$BENCH_DIR/fan_in" --backend mutex_ring --pass latency $few
rc_is 0
check "latency of every result" [ "$(column "$out" lat_samples)" = 200 ]

run "$BENCH_DIR/fan_in" --backend mutex_ring --items 200 --audit-items 100 --trials 1
out_has 'rounds +10 rounds'
out_has 'create .*ns/thread'

run "$BENCH_DIR/fan_in" --backend mutex_ring --consumers 2 $few
rc_is 2
run "$BENCH_DIR/fan_in" --backend mutex_ring --creation sometimes $few
rc_is 2
err_has 'sometimes'

finish
