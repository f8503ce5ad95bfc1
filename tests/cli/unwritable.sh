# A results file that cannot be written is found out before the first trial, named, and nothing that
# was there is harmed.
. "$SOURCE_DIR/tests/lib/check.sh"
quick="--backend null --workload pairs --items 1000 --audit-items 1000 --trials 1 --launches 1 --progress never"

for path in /no/such/folder/x.csv /proc/x.csv . /dev/null/x.csv; do
	# shellcheck disable=SC2086
	run "$LFBENCH" run $quick -o $path
	rc_is 2
	err_has "$path"
	run "$BENCH_DIR/pairs" --backend null --items 1000 --csv $path
	rc_is 2
	err_has "$path"
done

# a disk that is full
# shellcheck disable=SC2086
run "$LFBENCH" run $quick -o /dev/full
rc_is 2
err_has '/dev/full'
run "$BENCH_DIR/pairs" --backend null --items 1000 --csv /dev/full
rc_is 2
run sh -c '"$1/pairs" --backend null --items 1000 --csv - >/dev/full' - "$BENCH_DIR"
rc_is 2

# a size limit in the middle of a run
echo old >limited.csv
run bash -c 'trap "" XFSZ; ulimit -f 8; exec "$0" run --backend null,mutex_ring --workload pairs --items 1000 --trials 20 --launches 3 --progress never --force -o limited.csv' "$LFBENCH"
rc_is 2
check "the old file is intact" [ "$(cat limited.csv)" = old ]

# a reader that goes away
run bash -c '"$0" run --backend null --workload pairs --items 1000 --launches 30 --progress never -o - | head -n 2 >/dev/null; exit ${PIPESTATUS[0]}' "$LFBENCH"
check "not killed by SIGPIPE" [ $rc -ne 141 ]
finish
