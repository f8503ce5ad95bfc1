# logger: lines of many threads through one queue to one writer, to nowhere, to a file, and to a real terminal of any width.
. "$SOURCE_DIR/tests/lib/check.sh"
short="--items 2000 --audit-items 200 --trials 1 --timeout 30s"

# What terminal $1 columns wide shows of a command; its status in $rc.
in_terminal() {
	columns=$1
	shift
	script -qec "stty cols $columns rows 20; $*" /dev/null >"$out" 2>"$err" </dev/null
	rc=$?
}

for backend in mutex_ring vyukov_mpmc; do
	for how in "" "--sink file --line 300" "--wait park --capacity 2" "--overflow drop --capacity 2" "--overflow overwrite --capacity 2" "--pass latency"; do
		# shellcheck disable=SC2086
		run "$BENCH_DIR/logger" --backend $backend $short $how
		rc_is 0
		out_has 'lines_written'
	done
done
# shellcheck disable=SC2086
run "$BENCH_DIR/logger" --backend mutex_cond --wait block $short
rc_is 0
# shellcheck disable=SC2086
run "$BENCH_DIR/logger" --backend mutex_ring $short --csv a.csv
rc_is 0
check "all lines arrive when nobody may drop" [ "$(column a.csv items)" -eq 2000 ]
check "and are verified, with the sentinel's twin: the count of operations" [ "$(column a.csv ops)" -eq 4000 ]
# Threads that drop lose nothing without saying so.
# shellcheck disable=SC2086
run "$BENCH_DIR/logger" --backend mutex_ring $short --overflow drop --capacity 1
written=$(awk '$1 == "lines_written" { print $2 }' "$out")
dropped=$(awk '$1 == "lines_dropped" { print $2 }' "$out")
check "written and dropped are all there were" [ $((written + dropped)) -eq 2000 ]

# The longest lines are cut no more than others: rows end in place of spaces, so the output is never the smaller.
# shellcheck disable=SC2086
run "$BENCH_DIR/logger" --backend mutex_ring $short --line 4096
rc_is 0
check "long lines are written whole" awk '$1 == "text" { text = $2 } $1 == "output" { output = $2 } END { exit !(text > 0 && output >= text) }' "$out"

# Without a terminal, and what the queue cannot do.
run setsid "$BENCH_DIR/logger" --backend mutex_ring --sink terminal
rc_is 77
out_has 'no terminal'
run "$BENCH_DIR/logger" --backend ck_ring_mpsc --overflow overwrite
[ ! -e "$BUILD_DIR/backends/ck_ring_mpsc.so" ] || rc_is 77
run "$BENCH_DIR/logger" --backend mutex_ring --consumers 2
rc_is 2
err_has 'at most 1 consumer'
run "$BENCH_DIR/logger" --backend mutex_ring --line 0
rc_is 2
err_has '--line'
run "$BENCH_DIR/logger" --backend mutex_ring --sink paper
rc_is 2
err_has 'null, file, terminal'
TMPDIR=/nowhere run "$BENCH_DIR/logger" --backend mutex_ring --sink file
rc_is 4
out_has 'TMPDIR'

# A real terminal: no row is longer than it is wide; width 1 and 0 are widths too.
if command -v script >/dev/null; then
	for columns in 40 1 0; do
		in_terminal $columns "$BENCH_DIR/logger" --backend mutex_ring --sink terminal --items 40 --audit-items 20 --trials 1 --producers 2 --csv rows.csv --force
		rc_is 0
		longest=$(tr -d '\r' <"$out" | awk '{ n = length($0); if (n > most) most = n } END { print most + 0 }')
		check "rows of at most $columns columns" [ "$longest" -le $((columns > 0 ? columns : 80)) ]
	done
	in_terminal 30 "$LFBENCH" run --backend mutex_ring,null --workload pairs --items 1000 --launches 2 -o t.csv
	rc_is 0
	check "the progress line keeps to the terminal" grep -q 'left' "$out"
	check "and is cut, not wrapped" sh -c '! tr "\r" "\n" <"$1" | sed "s/\x1b\[K//g" | grep -q "left.\{20\}"' - "$out"
fi
finish
