# Ctrl-C keeps the finished rows, valid, and exits 130; --resume goes on; kill -9 leaves a partial
# file that --resume takes up. Nothing is run twice and nothing is missing.
[ -z "$SANITIZE" ] || { echo "it starts hundreds of processes; cli.run, one_cell and show_passes have the same code"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"

cells="--backend mutex_ring,null --workload pairs,producer_consumer --items 30000 --audit-items 1000 --trials 2 --launches 6 --progress never"
wanted=48 # 2 backends x 2 workloads x 6 launches x 2 trials

start() { # FILE: in the background, once some rows are there
	# shellcheck disable=SC2086
	"$LFBENCH" run $cells --seed 3 -o "$1" >"$out" 2>"$err" </dev/null &
	pid=$!
	within 30 sh -c '[ -e "$1" ] && [ "$(wc -l <"$1")" -gt "$2" ]' - "$1.partial" "$2"
}
rows() { tail -n +2 "$1" | wc -l; }
complete() { # FILE: every launch of every cell exactly once, trials 1 and 2
	[ "$(rows "$1")" -eq $wanted ] &&
		[ "$(paste -d, <(column "$1" cell_id) <(column "$1" launch) <(column "$1" trial) | sort -u | wc -l)" -eq $wanted ]
}

for signal in INT TERM; do
	start $signal.csv 4
	kill -$signal $pid
	wait $pid
	rc=$?
	last="SIG$signal"
	[ $signal = INT ] && rc_is 130 || rc_is 143
	err_has 'resume'
	check "rows are kept" [ "$(rows $signal.csv)" -ge 4 ]
	check "not all rows" [ "$(rows $signal.csv)" -lt $wanted ]
	check "the rows are valid" sh -c '"$1" show "$2" >/dev/null' - "$LFBENCH" $signal.csv
	check "nothing partial" [ ! -e $signal.csv.partial ]
	check "said in env.json" grep -q '"state": "interrupted"' $signal.env.json
	before=$(rows $signal.csv)
	run "$LFBENCH" run --resume $signal.csv --progress never
	rc_is 0
	check "complete after resuming" complete $signal.csv
	check "one run id" [ "$(column $signal.csv run_id | sort -u | wc -l)" -eq 1 ]
	check "details of every trial" [ "$(grep -c ',duration,ns,' $signal.detail.csv)" -eq $((wanted * 2)) ]
	check "the first rows are the old ones" [ "$(column $signal.csv time_utc | head -n "$before" | sort -c 2>&1)" = "" ]
done

start kill.csv 6
kill -9 $pid
wait $pid 2>/dev/null
check "no final file" [ ! -e kill.csv ]
check "a partial file" [ -s kill.csv.partial ]
printf '1,torn' >>kill.csv.partial
run "$LFBENCH" run --backend null --workload pairs -o kill.csv
rc_is 2
err_has 'resume'
run "$LFBENCH" run --resume kill.csv --progress never
rc_is 0
check "complete after kill -9" complete kill.csv
check "details of every trial" [ "$(grep -c ',duration,ns,' kill.detail.csv)" -eq $((wanted * 2)) ]

# children do not outlive the parent
check "no process is left" within 5 sh -c '! pgrep -f "$1/pairs.*kill.csv" >/dev/null' - "$BENCH_DIR"

# at random moments
i=0
while [ $i -lt 12 ]; do
	i=$((i + 1))
	# shellcheck disable=SC2086
	"$LFBENCH" run $cells -o r$i.csv >"$out" 2>"$err" </dev/null &
	pid=$!
	sleep "0.$((RANDOM % 7))$((RANDOM % 10))"
	kill -INT $pid 2>/dev/null
	wait $pid
	rc=$?
	last="SIGINT at a random moment"
	check "interrupted or done" [ $rc -eq 130 -o $rc -eq 0 ]
	[ ! -e r$i.csv ] || check "whole rows" sh -c '"$1" show "$2" >/dev/null' - "$LFBENCH" r$i.csv
done

# a second signal kills at once
last="two signals"
"$BENCH_DIR/pairs" --backend "$BROKEN_DIR/hanging.so" --items 100000 >"$out" 2>"$err" &
pid=$!
sleep 0.5
kill -INT $pid
sleep 0.2
kill -INT $pid 2>/dev/null
wait $pid
rc=$?
check "ended by the second signal or after the grace" [ $rc -eq 130 -o $rc -eq 4 ]
finish
