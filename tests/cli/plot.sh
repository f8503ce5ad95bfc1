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
	run "$LFBENCH" plot --chart loads --where workload=pairs "$reference" -o none.svg
	rc_is 2
	err_has 'no rows at a given load'
	check "no drawing of nothing" [ ! -e none.svg ]
else
	echo "no drawings: a sanitizer, no Node.js, or no charts (scripts/report/build $BUILD_DIR)"
fi
finish
