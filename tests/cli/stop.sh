# stop: idle and busy workers, every way of waiting; nothing is lost and the bound holds.
. "$SOURCE_DIR/tests/lib/check.sh"

for are in idle busy; do
	for wait in spin yield backoff park block; do
		run "$BENCH_DIR/stop" --backend mutex_cond --workers-are $are --wait $wait --consumers 3 --capacity 2 \
			--items 20 --audit-items 10 --trials 1 --csv -
		rc_is 0
		check "$are, $wait: verified" [ "$(column "$out" status)" = ok ]
	done
	run "$BENCH_DIR/stop" --backend mutex_ring --workers-are $are --wait park --items 200 --audit-items 50 --trials 1
	rc_is 0
	out_has 'stop_p50 .*ns'
	out_has 'items_after_max +[01] items'
	run "$BENCH_DIR/stop" --backend mutex_ring --workers-are $are --wait park --pass latency --items 200 --audit-items 50 --trials 1 --csv -
	rc_is 0
	check "$are: each stop timed" [ "$(column "$out" lat_samples)" = "$(column "$out" items)" ]
done
check "a stop for each 16 items of each of 2 busy workers" [ "$(column "$out" items)" = 7 ]

# values of several producers, workers that never get any
run "$BENCH_DIR/stop" --backend mutex_ring --wait park --consumers 8 --items 10 --audit-items 5 --trials 1 --csv -
rc_is 0
check "idle: a stop per item" [ "$(column "$out" items)" = 10 ]

run "$BENCH_DIR/stop" --backend mutex_ring --workers-are asleep --items 10 --csv -
rc_is 2
err_has 'asleep'

finish
