# `lfbench plot`: bad arguments, no Node.js, no charts; and, where both are there, drawings with the values of the CSV.
. "$SOURCE_DIR/tests/lib/check.sh"
reference=$SOURCE_DIR/results/reference.csv

run "$LFBENCH" plot "$reference"
rc_is 2
err_has 'known: pick, scaling'
run "$LFBENCH" plot --chart pie "$reference"
rc_is 2
err_has "--chart 'pie' is not known; known: pick"
run "$LFBENCH" plot --chart pick --width 1 "$reference"
rc_is 2
run "$LFBENCH" plot --chart pick --theme blue "$reference"
rc_is 2
err_has 'known: light, dark'
run "$LFBENCH" plot --chart compare "$reference"
rc_is 2
err_has 'two files or more'
run "$LFBENCH" plot --chart history "$reference" "$reference"
rc_is 2
err_has 'three files or more'
echo '{"lfbench_export": 1, "results": [{"workload": "pairs", "backend": "q", "shape": "", "metric": "m", "value": 1.25, "low": 1.1, "high": 1.4, "base_value": 4, "head_value": 5, "verdict": "REGRESSED", "message": ""}]}' >gate.json
run "$LFBENCH" plot --chart pick gate.json
rc_is 2
err_has 'there are no rows'
run "$LFBENCH" plot --chart pick missing.csv
rc_is 2
LFBENCH_REPORT_DIR=$work/none run "$LFBENCH" plot --chart pick "$reference" -o x.svg
rc_is 77
err_has 'charts were not built'
check "nothing is left behind" [ -z "$(find . -name 'x.svg*')" ]
mkdir bundle
cp "$reference" bundle/report.js # whatever it is
LFBENCH_REPORT_DIR=$work/bundle PATH=/nowhere run "$LFBENCH" plot --chart pick "$reference" -o x.svg
rc_is 77
err_has 'Node.js'

if [ -z "$SANITIZE" ] && command -v node >/dev/null && [ -r "$BUILD_DIR/report/plot.mjs" ]; then
	for chart in pick scaling heatmap trials contention percentiles loads; do
		run "$LFBENCH" plot --chart "$chart" --select 'workload=producer_consumer&threads=1+1' "$reference" -o "$chart.svg"
		rc_is 0
		check "$chart: it is XML" python3 -c 'import sys, xml.dom.minidom as x; assert x.parse(sys.argv[1]).documentElement.tagName == "svg"' "$chart.svg"
	done
	check "pick has the medians of show" sh -c '"$1" show --json "$2" >s.json && python3 - <<"END"
import json, re
group = [g for g in json.load(open("s.json"))["groups"] if g["shape"]["workload"] == "producer_consumer" and g["shape"]["producers"] == 1][0]
marks = {k: float(v) for k, v in re.findall(r"<circle[^>]*aria-label=\"([^\"]*): ([\d.]+)\"", open("pick.svg").read())}
want = {e["label"]: e["ns_per_op"]["median"] for e in group["entries"] if e["semantics"].endswith("-fifo") and e["bounded"] == "1" and e["ns_per_op"]["median"]}
assert marks.keys() == want.keys() and all(abs(marks[k] / want[k] - 1) < 1e-5 for k in want), (marks, want)
END' - "$LFBENCH" "$reference"
	run "$LFBENCH" plot --chart compare gate.json -o gate.svg
	rc_is 0
	check "a gate's verdict is a mark" grep -q 'aria-label="q, pairs : 1.25"' gate.svg
	for day in 1 2 3; do sed "s/50a6a277a5e33786/0000000000000$day/; s/2026-11-/200$day-11-/" "$reference" >day$day.csv; done
	run "$LFBENCH" plot --chart history --select 'workload=producer_consumer&threads=1+1' day1.csv day2.csv day3.csv -o history.svg
	rc_is 0
	check "five queues in three files are fifteen points" [ "$(grep -o 'aria-label="[a-z_0-9]*, day[0-9].csv: ' history.svg | sort -u | wc -l)" -eq 15 ]
	run "$LFBENCH" plot --chart loads --where workload=pairs "$reference" -o none.svg
	rc_is 2
	err_has 'no rows at a given load'
	check "no drawing of nothing" [ ! -e none.svg ]
else
	echo "no drawings: a sanitizer, no Node.js, or no charts (scripts/report/build $BUILD_DIR)"
fi
finish
