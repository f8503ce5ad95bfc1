# The echo server as a user meets it: real sockets, clients of every kind, a full queue, a port that is taken.
. "$SOURCE_DIR/tests/lib/check.sh"

echo_server() { run "$BENCH_DIR/echo_server" --backend mutex_ring --trials 1 --audit-items 20 --csv - "$@"; }
figure() { awk -v want="$1" '$1 == want { print $2 }' "$out"; }

for clients in good reset mixed; do
	echo_server --items 64 --clients $clients
	rc_is 0
	check "$clients: ok" [ "$(column "$out" status)" = ok ]
	check "$clients: all connections" [ "$(column "$out" items)" = 64 ]
done
check "what is not the default is in params" [ "$(column "$out" params)" = clients=mixed ]

echo_server --items 60 --message 100000 --pass latency
rc_is 0
check "as many round trips as connections" [ "$(column "$out" lat_samples)" = 60 ]
check "with a median" [ -n "$(column "$out" lat_p50_ns)" ]

# a full queue sheds, and every connection is accounted for
run "$BENCH_DIR/echo_server" --backend mutex_ring --trials 1 --audit-items 20 --items 200 --capacity 2 --connections 50 --overflow drop
rc_is 0
check "some were shed" [ "$(figure shed)" -gt 0 ]
check "none got lost" [ "$(($(figure shed) + $(figure echoed)))" -eq 200 ]

echo_server --items 40 --family ipv6
check "ipv6 is there or said not to be" [ "$rc" -eq 0 ] || [ "$(column "$out" status)" = unsupported ]

# clients that never read hold nobody up for ever; while they do, the port is taken, and who does not belong is turned away
port=$((20000 + $$ % 10000))
"$BENCH_DIR/echo_server" --backend mutex_ring --trials 1 --audit-items 20 --items 150 --clients silent --connections 2 --port $port >first 2>&1 </dev/null &
first=$!
knock() { (exec 3<>/dev/tcp/127.0.0.1/$port && printf 'no header, but more than one is long' >&3) 2>/dev/null; }
within 5 knock
echo_server --items 10 --port $port
rc_is 4
out_has "resource,.*port $port of 127.0.0.1 is in use: try another --port"
while kill -0 $first 2>/dev/null; do knock; sleep 0.02; done
wait $first
check "the first went on" [ $? -eq 0 ]
check "all timed out" [ "$(awk '$1 == "timed_out" { print $2 }' first)" = 150 ]
check "strangers were counted" [ "$(awk '$1 == "strangers" { print $2 }' first)" -gt 0 ]

# fewer files than it takes
run sh -c 'ulimit -n 150 && "$@"' - "$BENCH_DIR/echo_server" --backend mutex_ring --items 500 --connections 100 --csv -
rc_is 4
out_has 'resource,.*100 connections and 2 workers take 331 open files, the limit is 150: try fewer --connections'

# called off
"$BENCH_DIR/echo_server" --backend mutex_ring --items 1e6 --clients silent --csv /dev/null >/dev/null 2>&1 </dev/null &
first=$!
sleep 0.5
kill -TERM $first
wait $first
check "interrupted" [ $? -eq 143 ]
check "nobody is left" sh -c '! pgrep -P "$1" >/dev/null' - $first

# what cannot be
for bad in "--port 65536" "--port x" "--family ipx" "--connections 0" "--connections 4097" "--message 0" "--message 1048577" \
	"--clients rude" "--overflow maybe"; do
	# shellcheck disable=SC2086
	echo_server --items 10 $bad
	rc_is 2
	err_has "$(echo "$bad" | cut -d' ' -f1)"
done
echo_server --producers 2
rc_is 2
err_has 'at most 1 producer'
finish
