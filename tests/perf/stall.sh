# A consumer that stops for D = 10 ms every T = 1 s, sent R items a second whatever happens. An item due when
# x of the stall is left waits x, so P(latency > x) = (D - x) / T for x < D, and p99.9 is D - T/1000 = 9 ms. A
# closed loop sends nothing while its queue of 64 is full: 65 items a second see the stall, and p99.9 does not.
. "$SOURCE_DIR/tests/lib/check.sh"
backend=$1/stalling.so

in_range() { awk -v x="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(x != "" && x >= low && x <= high) }'; }

run "$BENCH_DIR/producer_consumer" --backend "$backend" --capacity 64 --rate 100k --duration 5s --trials 1 --timeout 60s --csv open.csv
rc_is 0
open=$(column open.csv lat_p999_ns)
run "$BENCH_DIR/producer_consumer" --backend "$backend" --capacity 64 --pass latency --duration 5s --trials 1 --timeout 60s --csv closed.csv
rc_is 0
closed=$(column closed.csv lat_p999_ns)
echo "open loop:   p99.9 $open ns, max $(column open.csv lat_max_ns) ns (by arithmetic 9000000 and 10000000)"
echo "closed loop: p99.9 $closed ns, max $(column closed.csv lat_max_ns) ns"
check "the open loop shows the stall: 9 ms, and up to 2 ms of the machine's own" in_range "$open" 8500000 11000000
check "the closed loop hides it" in_range "$closed" 0 2000000
check "though it was there" in_range "$(column closed.csv lat_max_ns)" 8500000 1000000000
finish
