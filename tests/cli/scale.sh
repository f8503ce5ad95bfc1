# More threads than anybody has CPUs: 512 of them start, run, stop, and leave nothing behind; memory is that of their buffers.
export ASAN_OPTIONS=detect_leaks=0
[ -z "$SANITIZE" ] || { echo "512 threads take too long under a sanitizer"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"

sides=256 megabytes=64
[ -z "$SANITIZE" ] || sides=24 megabytes=4096 # shadow memory, and a scheduler of its own
for cell in "vyukov_mpmc park" "mutex_cond block" "mutex_cond yield"; do
	backend=${cell% *} wait=${cell#* }
	[ -e "$BUILD_DIR/backends/$backend.so" ] || continue
	run "$BENCH_DIR/producer_consumer" --backend "$backend" --wait "$wait" --producers $sides --consumers $sides --items 10000 --audit-items 2000 \
		--trials 1 --timeout 60s --csv rows.csv --force
	rc_is 0
	check "$cell: it ran" [ "$(column rows.csv status)" = ok ]
	check "$cell: all items" [ "$(column rows.csv items)" = 10000 ]
	check "$cell: it says that there are too many" [ "$(column rows.csv flags | grep -c oversubscribed)" -eq 1 ]
done

# The most memory it had, arena included; the contention pass says it.
run "$BENCH_DIR/producer_consumer" --backend mutex_cond --wait block --pass contention --producers $sides --consumers $sides --items 10000 \
	--audit-items 2000 --trials 1 --timeout 60s --csv rows.csv --force
rc_is 0
kilobytes=$(column rows.csv rss_peak_kb)
check "memory: ${kilobytes:-none} kB" [ "${kilobytes:-9999999}" -lt $((megabytes * 1024)) ]

# A second of waiting on every thread would show: interrupted, it goes at once.
"$BENCH_DIR/producer_consumer" --backend mutex_cond --wait block --producers $sides --consumers $sides --items 100000000 --trials 1 >"$out" 2>"$err" </dev/null &
pid=$!
sleep 1
kill -TERM $pid
last="SIGTERM with $((2 * sides)) threads"
check "it ends" within 20 sh -c '! kill -0 "$1" 2>/dev/null || [ "$(ps -o stat= -p "$1" | cut -c1)" = Z ]' - $pid
kill -9 $pid 2>/dev/null
wait $pid
rc=$?
check "interrupted" [ $rc -eq 143 -o $rc -eq 0 ]
finish
