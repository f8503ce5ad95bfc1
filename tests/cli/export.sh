# `lfbench run --export`: one tiny run in all formats, each read back by a parser; what cannot be written is refused before the run.
export ASAN_OPTIONS=detect_leaks=0 # it starts many processes
unset GITHUB_ACTIONS GITHUB_STEP_SUMMARY
. "$SOURCE_DIR/tests/lib/check.sh"

formats="github-action-benchmark bmf benchfmt google-benchmark hyperfine junit markdown json"
tiny="--backend mutex_ring,null --workload producer_consumer --items 2000 --audit-items 500 --trials 2 --launches 3 --seed 7 --progress never --color never"
all=$(for format in $formats; do echo "--export $format"; done)

# shellcheck disable=SC2086
run "$LFBENCH" run $tiny $all -o x.csv
rc_is 0
out_has 'mutex_ring'
check "each is beside the results" ls x.github.json x.github.bigger.json x.bmf.json x.benchfmt.txt x.gbench.json x.hyperfine.json x.junit.xml x.md x.results.json >/dev/null
check "nothing partial" [ -z "$(ls ./*.partial 2>/dev/null)" ]

# the figures are those of the rows: 3 launches of 2 trials
rows=$(($(wc -l <x.csv) - 1))
check "12 rows" [ "$rows" -eq 12 ]
check "a line per trial" [ "$(grep -c '^Benchmark' x.benchfmt.txt)" -eq "$rows" ]
check "with the figures of the rows" cmp <(column x.csv ns_per_op | sort) <(awk '/^Benchmark/ { print $3 }' x.benchfmt.txt | sort)
check "as Go names them" grep -qE '^BenchmarkProducerConsumer/backend=mutex_ring/batch=1/capacity=1023/consumers=1/producers=1/wait=[a-z]+-2 2000 [0-9.e+-]+ ns/op$' x.benchfmt.txt
check "after what all have in common" [ "$(head -n 3 x.benchfmt.txt | tr '\n' ' ' | sed 's/goarch: [a-z0-9_]*/goarch:/')" = "goos: linux goarch: pkg: lfbench " ]
check "a table" grep -qE '^\| measured \| mutex_ring \| producer_consumer .* \| ns/op \| [0-9.e+]+ \|' x.md

if command -v python3 >/dev/null; then
	cat >read.py <<'PYTHON'
import csv, json, statistics, xml.etree.ElementTree as xml
rows = list(csv.DictReader(open("x.csv")))
def launches(backend, column):
    by = {}
    for row in rows:
        if row["backend"] == backend:
            by.setdefault(row["launch"], []).append(float(row[column]))
    return [statistics.median(trials) for trials in by.values()]
def close(a, b):
    assert abs(a - b) <= 1e-5 * abs(b), (a, b)
ns, ops = (statistics.median(launches("mutex_ring", column)) for column in ("ns_per_op", "ops_per_s"))
smaller = json.load(open("x.github.json"))
assert len(smaller) == 2 and all(set(one) >= {"name", "unit", "value"} for one in smaller)
close(next(one["value"] for one in smaller if "backend=mutex_ring/" in one["name"]), ns)
close(next(one["value"] for one in json.load(open("x.github.bigger.json")) if "backend=mutex_ring/" in one["name"]), ops)
measures = next(value for name, value in json.load(open("x.bmf.json")).items() if "backend=mutex_ring/" in name)
close(measures["latency"]["value"], ns)
close(measures["throughput"]["value"], ops)
benchmarks = json.load(open("x.gbench.json"))["benchmarks"]
assert sum(one["run_type"] == "iteration" for one in benchmarks) == len(rows)
assert sum(one["run_type"] == "aggregate" for one in benchmarks) == 8
assert sorted(one["real_time"] for one in benchmarks if one["run_type"] == "iteration") == sorted(float(row["ns_per_op"]) for row in rows)
close(next(one["real_time"] for one in benchmarks if one["name"].endswith("_median") and "mutex_ring" in one["name"]), ns)
neutral = json.load(open("x.results.json"))
assert neutral["lfbench_export"] == 1 and neutral["producer"] == "lfbench run", neutral
one = next(each for each in neutral["results"] if each["backend"] == "mutex_ring" and each["metric"] == "ops/s")
close(one["value"], ops)
assert one["verdict"] == "measured" and "base_value" not in one, one
results = json.load(open("x.hyperfine.json"))["results"]
assert sorted(time for one in results for time in one["times"]) == sorted(float(row["duration_ns"]) / 1e9 for row in rows)
assert set(results[0]) == {"command", "mean", "stddev", "median", "user", "system", "min", "max", "times", "exit_codes", "parameters"}
suite = xml.parse("x.junit.xml").getroot().find("testsuite")
assert len(suite.findall("testcase")) == int(suite.get("tests")) == 4 and suite.get("errors") == "0"
PYTHON
	run python3 read.py
	rc_is 0
else
	echo "no python3: JSON and XML are not read back"
fi

# a file for each, standard output, and repeated
run "$LFBENCH" run --backend null --workload producer_consumer --items 1000 --trials 1 --launches 1 --progress never -o y.csv --export junit=a.xml --export junit=b.xml --export benchfmt=-
rc_is 0
check "named as asked" cmp a.xml b.xml
out_has '^BenchmarkProducerConsumer'
check "nothing but the export is on standard output" [ "$(grep -vcE '^(goos|goarch|pkg|cpu|host|commit|time): |^Unit |^Benchmark' "$out")" -eq 0 ]

# refused before anything is run
refused() { # PATTERN ARGUMENTS
	pattern=$1
	shift
	run "$LFBENCH" run --backend null --workload pairs --items 1000 --trials 1 --launches 1 -o new.csv "$@"
	rc_is 2
	err_has "$pattern"
	check "nothing was run or left" [ -z "$(ls new* 2>/dev/null)" ]
}
mkdir folder
refused "'xml' is not one of github-action-benchmark, bmf" --export xml
refused "names no file" --export bmf=
refused "needs a value" --export
refused "nowhere/x" --export bmf=nowhere/x
refused "folder" --export bmf=folder
refused "two exports are to go to" --export bmf=x --export junit=./x
refused "two exports are to go to standard output" --export bmf=- --export junit=-
refused "hold the results themselves" --export bmf=new.csv
refused "hold the results themselves" --export bmf=./new.env.json
refused "made of the results file" -o - --export bmf=x
refused "more than 16 exports" $(seq -f '--export bmf=x%g' 17 | tr '\n' ' ')
check "existing files are as they were" grep -q '<testsuites>' a.xml

# a backend that is wrong has no figure, an error in JUnit, and an annotation
if [ -e "$BROKEN_DIR/duplicating.so" ]; then
	broken=$BROKEN_DIR/duplicating.so
	GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=summary.md run "$LFBENCH" run --backend "$broken" --workload producer_consumer --items 2000 \
		--trials 1 --launches 1 --progress never -o bad.csv --export junit --export bmf
	rc_is 4
	check "an error, not a pass" grep -q 'tests="1" failures="0" errors="1" skipped="0"' bad.junit.xml
	check "no figure" [ "$(tr -d ' \n' <bad.bmf.json)" = "{}" ]
	out_has '^::error title=FAILED producer_consumer/backend='
	check "the summary says so" grep -q '^| FAILED |' summary.md
fi

# an interrupted run is exported when it has been resumed to its end, as it was asked to be
"$LFBENCH" run --backend null --workload pairs --items 1000 --trials 1 --launches 30 --seed 3 --progress never -o long.csv --export bmf >/dev/null 2>"$err" &
pid=$!
check "it has begun" within 20 sh -c '[ "$(wc -l <long.csv.partial)" -gt 2 ]' 2>/dev/null
kill -INT $pid
wait $pid
rc=$?
check "interrupted" [ "$rc" -eq 130 ]
err_has 'Exports are written when all is done'
check "not exported" [ ! -e long.bmf.json ]
run "$LFBENCH" run --resume long.csv --progress never
rc_is 0
check "the file of its first part" grep -q throughput long.bmf.json
run "$LFBENCH" run --resume long.csv --progress never --export hyperfine
rc_is 0
check "and what is asked for now" [ -e long.hyperfine.json ]
finish
