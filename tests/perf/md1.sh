# A single server with a constant service time S and Poisson arrivals at load rho: the mean time in the queue is
# rho S / (2 (1 - rho)) (Pollaczek 1930, Khinchine 1932). Here the server is the consumer, whose pop takes 1 ms,
# and the load is a part of the saturation measured first. The mean of the latencies less that of an item alone has to be what the formula says,
# within the 95 % interval over launches.
. "$SOURCE_DIR/tests/lib/check.sh"

launches=${MD1_LAUNCHES:-8}
run "$LFBENCH" run --backend "$1/serving.so" --producers 1 --consumers 1 --pass latency --load 25,50,75 \
	--launches "$launches" --trials 1 --audit-items 100 --duration 2s --capacity 65536 --timeout 60s --progress never -o md1.csv
rc_is 0
awk -f "$SOURCE_DIR/tests/perf/md1.awk" md1.csv md1.hist.csv >table
cat table
check "three loads" [ "$(grep -c "^load" table)" -eq 3 ]
check "the formula lies in every interval" [ "$(grep -c 'agrees$' table)" -eq 3 ]
finish
