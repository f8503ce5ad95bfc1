# scripts/python_baseline.py: rows that lfbench reads, in the cells of lfbench, and only of trials that were right.
export ASAN_OPTIONS=detect_leaks=0
[ -z "$SANITIZE" ] || { echo "nothing that a sanitizer could see"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
command -v python3 >/dev/null || { echo "no python3"; exit 77; }
python3 -c 'import sys; sys.exit(sys.version_info < (3, 8))' || { echo "python3 is older than 3.8"; exit 77; }
baseline() { run python3 "$SOURCE_DIR/scripts/python_baseline.py" "$@"; }

baseline --items 60 --trials 1 --launches 1 --seed 1 --wait yield -o polled.csv --workload producer_consumer,pairs,ping_pong --backend python_queue
rc_is 0
err_has '^1/3 '
baseline --items 60 --trials 2 --launches 1 --seed 1 --progress never -o blocked.csv --workload pairs,worker_pool --backend python_simple_queue,python_futures
rc_is 0
check "no progress where none is wanted" [ ! -s "$err" ]
"$BENCH_DIR/pairs" --backend null --items 1000 --trials 1 --csv - >lfbench.csv 2>/dev/null
check "the header is lfbench's" cmp <(head -n 1 lfbench.csv) <(head -n 1 blocked.csv)
check "an executor is for tasks" [ "$(column blocked.csv status | sort | uniq -c | awk '{ print $1 $2 }' | tr '\n' ' ')" = "6ok 1unsupported " ]
check "the interpreter is named" [ "$(column blocked.csv backend_library | sort -u)" = "$(python3 -c 'import platform; print(platform.python_implementation(), platform.python_version())')" ]
check "with or without its lock" [ "$(column blocked.csv built_with | grep -cvE 'gil=(on|off)$')" -eq 0 ]

# the same cells: an id made here of lfbench's columns is lfbench's, and the shapes are the same
run "$LFBENCH" run --backend mutex_ring --wait yield --launches 1 --trials 1 --items 60 --audit-items 60 --progress never -o ring.csv \
	--workload producer_consumer,pairs,ping_pong
cat >compare.py <<'P'
import csv, sys
sys.path.insert(0, sys.argv[1] + "/scripts")
import python_baseline as b
ours = list(csv.DictReader(open("polled.csv")))
theirs = list(csv.DictReader(open("ring.csv")))
assert theirs and all(b.cell_id(row) == row["cell_id"] for row in ours + theirs), "ids"
shape = [c for c in b.KEY_COLUMNS if c not in ("backend", "alloc")]
for row in theirs:
    same = [o for o in ours if o["backend"] == "python_queue" and all(o[c] == row[c] for c in shape)]
    assert len(same) == 1, (row["workload"], len(same))
# what is wrong is seen
def trial(popped):
    t = b.Trial(b.Cell("producer_consumer", "python_deque", 2, 1, 8, "yield", "none"), 4)
    t.streams = [popped]
    return t.problem()
two = 1 << b.SEQUENCE_BITS
assert trial([[0, two, 1, two + 1]]) == ""
assert trial([[0, two], [1, two + 1]]) == ""
assert "exactly once" in trial([[0, two, 1]])
assert "exactly once" in trial([[0, 0, 1, two, two + 1]])
assert "exactly once" in trial([[0, 5, two, two + 1]])
assert "order" in trial([[1, 0, two, two + 1]])
# every workload on every queue, in one process: starting one for each takes longer than running it
for workload in b.WORKLOADS:
    for backend in b.BACKENDS:
        for wait in b.WAITS:
            for params in {"spawn_join": ("", "executor=spawn"), "fan_in": ("", "creation=timed")}.get(workload, ("",)):
                cell = b.Cell(workload, backend, 1 if workload in ("ping_pong", "pipeline") else 2, 1 if workload in ("ping_pong", "fan_in") else 2, 512, wait, "none", params)
                if wait == "spin" and workload != "pairs" or cell.unsupported():
                    continue
                row, _ = b.run_trial(cell, 15)
                assert row["status"] == "ok" and row["items"] == "15" and int(row["duration_ns"]) > 0, (cell, row)
# bad input
for bad in ("--backend=vyukov --producers=0 --producers=x --producers=1,,2 --consumers=513 --items=-1 --items=99999999999999 --duration=5"
            " --duration=0ms --trials=0 --launches=0 --wait=block2 --seed=-1 --timeout=0 --nonsense").split():
    try:
        b.parser().parse_args([bad])
        raise AssertionError(bad + " is accepted")
    except SystemExit as end:
        assert end.code == 2, bad
assert b.number(2500000.4) == "2500000" and b.number(1 / 3) == "0.333333"
P
run env PYTHONDONTWRITEBYTECODE=1 python3 compare.py "$SOURCE_DIR"
rc_is 0
run "$LFBENCH" show --ascii ring.csv polled.csv
rc_is 0
check "both in one table, three times" [ "$(awk '/^ +backend / { n++ } / mutex_ring / { ring[n] = 1 } / python_queue / { python[n] = 1 } END { for (i in ring) if (python[i]) both++; print both + 0 }' "$out")" -eq 3 ]
run "$LFBENCH" merge both.csv ring.csv polled.csv
rc_is 0

# bad input
baseline --workload none
rc_is 2
err_has "error: .*'none' is not known"
baseline --workload pairs --items 10 --launches 1 -o polled.csv
rc_is 2
err_has 'exists'
baseline --workload pairs --items 10 --launches 1 -o nowhere/x.csv
rc_is 2
err_has 'nowhere'
baseline --workload burst --backend python_queue --capacity 4 --items 10 --launches 1
rc_is 0
out_has 'unsupported,a burst of 512 does not fit the capacity of 4'

# Ctrl-C keeps what is finished
python3 "$SOURCE_DIR/scripts/python_baseline.py" --workload pairs --items 100 --trials 1 --launches 1000 -o cut.csv >"$out" 2>"$err" </dev/null &
pid=$!
within 30 sh -c '[ -e cut.csv.partial ] && [ "$(wc -l <cut.csv.partial)" -gt 2 ]'
kill -INT $pid
wait $pid
rc=$?
last="SIGINT"
rc_is 130
check "rows are kept" [ "$(wc -l <cut.csv)" -gt 2 ]
check "nothing partial" [ ! -e cut.csv.partial ]
run "$LFBENCH" show cut.csv
rc_is 0
finish
