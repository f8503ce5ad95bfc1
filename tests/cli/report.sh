# `lfbench report`: the page has the figures of `show`, answers in order, takes any text for text, and refuses what it cannot read.
. "$SOURCE_DIR/tests/lib/check.sh"
reference=$SOURCE_DIR/results/reference.csv
export COLUMNS=160 LFBENCH_REPORT_DIR=$work/none

run "$LFBENCH" report "$reference" -o page.html
rc_is 0
err_has 'the charts are missing, the tables are whole'
check "nothing else is left behind" [ "$(find . -name 'page*' | wc -l)" -eq 1 ]
run "$LFBENCH" report "$reference" -o page.html
rc_is 2
err_has 'exists'
run "$LFBENCH" report --force --no-charts "$reference" -o page.html
rc_is 0
err_lacks 'missing'
check "no message about charts that nobody wanted" sh -c '! grep -q "charts are missing" page.html'

# What a browser makes of a page: its tags balance, and these are all there are; nothing is loaded or run.
cat >look.py <<'END'
import html.parser, json, re, sys
VOID = {"meta", "br", "line", "circle"}
KNOWN = set("html head meta title style body a header p h1 h2 h3 h4 nav ul li main div section table thead tbody tr th td span strong svg line circle text dl dt dd em code footer br script noscript".split())
class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.scripts, self.ids, self.links, self.text = [], [], [], [], []
    def handle_starttag(self, tag, attributes):
        assert tag in KNOWN, tag
        for name, value in attributes:
            assert not name.startswith("on") and name not in ("src", "srcdoc", "style"), (tag, name)
            if name == "href":
                assert value.startswith("#"), value
                self.links.append(value[1:])
            if name == "id": self.ids.append(value)
        if tag == "script": self.scripts.append([dict(attributes), ""])
        if tag not in VOID: self.open.append(tag)
    handle_startendtag = lambda self, tag, attributes: self.handle_starttag(tag, attributes)
    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag
    def handle_data(self, data):
        if self.open and self.open[-1] == "script": self.scripts[-1][1] += data
        elif self.open and self.open[-1] != "style": self.text.append(data)
    def handle_comment(self, data): raise AssertionError("a comment: " + data)
def look(path):
    page = Page()
    data = open(path, "rb").read().decode("utf-8")
    assert not re.search("[\0-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", data.replace("\t", "").replace("\n", "")), "a control character"
    page.feed(data)
    assert not page.open, page.open
    assert len(set(page.ids)) == len(page.ids), "an id twice"
    assert not set(page.links) - set(page.ids), set(page.links) - set(page.ids)
    return page
END
run python3 -c 'from look import look; p = look("page.html"); assert not p.scripts; print("".join(p.text))'
rc_is 0
out_has 'Which queue for my shape'
out_has 'Made with lfbench run --pass all'
out_has 'the host moves virtual CPUs|The host moves virtual CPUs'
check "the questions come in order" python3 -c 'from look import look; i = look("page.html").ids; o = [i.index(x) for x in ("which", "shapes", "sure", "why", "machine")]; assert o == sorted(o)'

# The figures are those of show: every queue's median and interval stand in its row.
run "$LFBENCH" show --columns ns_per_op,interval "$reference"
check "the page has the figures of show" python3 - "$out" page.html <<'END'
import re, sys
page, seen = open(sys.argv[2]).read(), 0
for line in open(sys.argv[1]):
    m = re.match(r"[=! ]+(\w+) +([\d.]+) +([\d.]+–[\d.]+)$", line)
    if m:
        assert re.search(r'<th scope="row">%s(?: <span[^>]*>[^<]*</span>)*</th><td>[^<]*</td><td class="n">%s</td><td class="n quiet">%s</td>' % (m[1], re.escape(m[2]), re.escape(m[3])), page), line
        seen += 1
assert seen > 50, seen
END

# The answer of docs/report.md, from the page alone: which bounded MPMC FIFO for 2 producers and 2 consumers, by how much, why not the mutex?
check "a reader of the page can answer" python3 - page.html <<'END'
import html, re, sys
page = open(sys.argv[1]).read()
text = lambda part: " ".join(html.unescape(re.sub("<[^>]*>", " ", part)).split())
shape = "producer_consumer: 2 producers, 2 consumers"
def section(name): return page.split('<section id="%s"' % name)[1].split('<section id="')[0]
def after(part): return part[part.index(shape):]
answer = text(after(section("which")).split("</tbody>")[0])
assert re.search(r"strict FIFO, bounded vyukov_mpmc 21\.5 8\.28–64\.1 not resolved .*mutex_ring", answer), answer
table = text(after(section("shapes")).split("</section>")[0])
assert re.search(r"mutex_ring .*?2\.59× \(0\.52–8\.27\) not resolved", table), table
sure = section("sure")
assert "13 launches at 55 ns core to core, 65 at 394 ns" in text(sure)
phases = text(after(sure.split("by phase of the machine")[1]))
assert "vyukov_mpmc 19.4 (1) 23.2 (5)" in phases and "mutex_ring 33.3 (1) 55.9 (5)" in phases, phases
why = text(after(section("why")))
assert "vyukov_mpmc 0.31 failed CAS of 1.3" in why and re.search(r"mutex_ring 0\.034 lock waits \(39 ns\)", why), why
END

# A bundle is put in with its data and the only leave to run.
mkdir bundle
printf 'document.title = "ran";\n' >bundle/report.js
echo c2hhIG9mIGl0 >bundle/report.js.sha256
LFBENCH_REPORT_DIR=$work/bundle run "$LFBENCH" report "$reference" -o charts.html
rc_is 0
err_lacks 'missing'
check "data and script are in it, and agree with show --json" sh -c '"$1" show --json "$2" >show.json && python3 - <<"END"
import json
from look import look
p = look("charts.html")
data, script = p.scripts
assert data[0] == {"type": "application/json", "id": "lfbench-data"} and script[0] == {} and "ran" in script[1]
assert "sha256-c2hhIG9mIGl0" in open("charts.html").read()
d, s = json.loads(data[1]), json.load(open("show.json"))
for a, b in zip(d["summary"]["groups"], s["groups"], strict=True):
    for x, y in zip(a["entries"], b["entries"], strict=True):
        assert x["label"] == y["label"] and len(x["trials"]["ns_per_op"]) == sum(1 for _ in x["trials"]["launch"])
        for f in ("median", "low", "high"):
            u, v = x["ns_per_op"][f], y["ns_per_op"][f]
            assert u == v or abs(u - v) < 1e-6 * v, (x["label"], f)
END' - "$LFBENCH" "$reference"
# Of many shapes the tables are left to the browser, which makes them when they are wanted; one without scripts has them at once.
awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
	!/"/ && $at["workload"] == "pairs" { for (k = 0; k < 60; k++) { $at["capacity"] = 8 * (k + 1) - 1; print } }' "$reference" >shapes.csv
LFBENCH_REPORT_DIR=$work/bundle run "$LFBENCH" report shapes.csv -o shapes.html
rc_is 0
run "$LFBENCH" report --no-charts shapes.csv -o shapes_plain.html
rc_is 0
check "tables of many shapes are held back where there is a script, and nowhere else" python3 - <<'END'
from look import look
import re
held, plain = open("shapes.html").read(), open("shapes_plain.html").read()
look("shapes.html"), look("shapes_plain.html")
assert held.count("<noscript>") == held.count("</noscript>") == 4 and "<noscript>" not in plain and "<noscript>" not in open("charts.html").read()
body = lambda page: page[page.index('<div id="tables">'):page.index("</main>")]
assert re.sub("</?noscript>\n", "", body(held)) == body(plain)
assert 'id="shape-60"' in plain and not re.search('id="shape-60"', re.sub("(?s)<noscript>.*?</noscript>", "", held))
END
printf 'x = "</script>"' >bundle/report.js
LFBENCH_REPORT_DIR=$work/bundle run "$LFBENCH" report "$reference" -o broken.html
rc_is 0
err_has 'not whole'

# A file that means harm, in every column that is a text, in the machine's facts and in the histograms.
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = NF; print; next }
	/"/ || $at["workload"] != "pairs" || $at["backend"] == "null" { next }
	{ bad = "\"\033]0;owned\007</script><script>alert(1)</script><!-- <img src=x onerror=alert(2)> \047 \"\" &lt; ]]> \302\2332J\342\200\256 \342\200\250\""
	  $at["host"] = $at["wait"] = $at["params"] = $at["backend_library"] = $at["semantics"] = $at["flags"] = $at["commit"] = $at["run_id"] = $at["time_utc"] = bad
	  line = $1; for (i = 2; i <= n; i++) line = line "," $i; print line
	  $at["backend"] = $at["status"] = $at["reason"] = $at["workload"] = bad
	  line = $1; for (i = 2; i <= n; i++) line = line "," $i; print line }' "$reference" | head -n 60 >hostile.csv
cat >hostile.env.json <<'END'
{"host": "</script><script>alert(1)</script>", "fit_for": "<b>", "facts": {"</td><script>": {"value": "<img src=x onerror=alert(3)>", "verdict": "warn", "meaning": "<!--", "advice": "\u001b[31m"},
 "odd": 7, "deep": [[[[[[[[[[[["x"]]]]]]]]]]]]}, "run": {"arguments": ["</code><script>", 5, {}], "seed": "<i>"}}
END
cp hostile.csv hostile2.csv
sed 's/\([0-9]\)\.\([0-9]*\),/1\1.\2,/g; s/run_id/run_id/' hostile.csv >hostile2.csv
printf 'document.title = 1;\n' >bundle/report.js
for files in hostile.csv "hostile.csv hostile2.csv" "$reference hostile.csv"; do
	LFBENCH_REPORT_DIR=$work/bundle run "$LFBENCH" report $files --force -o hostile.html
	rc_is 0
	check "$files: no text became a tag, an attribute or a script" python3 -c '
from look import look
import json
p = look("hostile.html")
assert len(p.scripts) == 2, len(p.scripts)
assert not set("<>&") & set(p.scripts[0][1])
d = json.loads(p.scripts[0][1])
assert "</script><script>alert(1)</script>" in json.dumps(d["summary"]) and any("alert(1)" in t for t in p.text)'
done
for damaged in '{' '[]' '{"facts": 5}' '{"facts": {"x": null}, "run": []}' ''; do
	printf '%s' "$damaged" >hostile.env.json
	run "$LFBENCH" report hostile.csv --force -o hostile.html
	check "damaged env '$damaged' is no reason to make no page" [ "$rc" -eq 0 ]
	check "env '$damaged': the page is whole" python3 -c 'from look import look; look("hostile.html")'
done

# What cannot be read is refused by file and line; what is not known is passed over.
{ head -n 3 "$reference"; sed -n 4p "$reference" | sed 's/^1,/2,/'; } >mixed.csv
run "$LFBENCH" report "$reference" mixed.csv -o x.html
rc_is 2
err_has "mixed.csv, line 4: schema '2'"
check "no page of it" [ ! -e x.html ]
echo 'a,b' >other.csv
run "$LFBENCH" report other.csv -o x.html
rc_is 2
err_has 'other.csv, line 1: not a results file'
awk 'BEGIN { for (i = 0; i < 100; i++) { names = names ",unknown" i; values = values ",=1+" i } } { print $0 (NR == 1 ? names : values) }' "$reference" >wide.csv
run "$LFBENCH" show --json wide.csv
cp "$out" wide.json
run "$LFBENCH" show --json "$reference"
check "a hundred unknown columns change nothing" cmp "$out" wide.json
run "$LFBENCH" report wide.csv -o wide.html
rc_is 0
printf 'run_id,cell_id,launch,trial,role,value_ns,count\nx,y,1,1,service,zero,1\n' >wide.hist.csv
run "$LFBENCH" report wide.csv --force -o wide.html
rc_is 2
err_has 'wide.hist.csv, line 2'

# Several files: each against the first.
sed 's/50a6a277a5e33786/60a6a277a5e33786/' "$reference" | awk -F, -v OFS=, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
	!/"/ && $at["backend"] == "mutex_ring" && $at["ns_per_op"] != "" { $at["ns_per_op"] *= 3; $at["ops_per_s"] /= 3 } { print }' >slower.csv
run "$LFBENCH" report --where workload=pairs "$reference" slower.csv -o two.html
rc_is 0
check "the worst comes first" python3 - <<'END'
import re
page = open("two.html").read()
section = page[page.index('id="compare"'):]
first = re.search(r'<tr><td class="bad">REGRESSED</td><th scope="row">(\w+)</th>.*?<td class="n">([\d.]+)</td>', section)
assert first and first[1] == "mutex_ring" and abs(float(first[2]) - 3) < 0.01, first
assert section.index("REGRESSED</td>") < section.index("INCONCLUSIVE</td>")
END
run "$LFBENCH" report "$reference" "$reference" -o same.html
rc_is 0
check "a file against itself is no comparison" grep -q 'one and the same run' same.html

# Three files: each cell over time, whatever the order they are given in; M where the machine is another.
day() { # NUMBER FACTOR HOST
	awk -F, -v OFS=, -v day="$1" -v factor="$2" -v host="$3" 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; print; next }
		!/"/ && $at["workload"] == "pairs" { $at["run_id"] = "day" day; $at["host"] = host; sub(/^2026-..-../, "2026-01-0" day, $at["time_utc"])
		if ($at["ns_per_op"] != "") { $at["ns_per_op"] *= factor; $at["ops_per_s"] /= factor } print }' "$reference" >"day$1.csv"
}
day 1 1 here
day 2 2 here
day 3 2 there
run "$LFBENCH" report day2.csv day3.csv day1.csv -o days.html
rc_is 0
check "cells over time have the medians of show" python3 - "$LFBENCH" <<'END'
import json, re, subprocess, sys
from look import look
look("days.html")
page = open("days.html").read()
section = page[page.index("<h3>Over time</h3>"):]
section = section[:section.index("</section>")]
assert re.findall(r'class="n">(day\d)\.csv<br>2026-01-0\d', section) == ["day1", "day2", "day3"], section[:900]
medians = []
for name in ("day1.csv", "day2.csv", "day3.csv"):
    group, = json.loads(subprocess.run([sys.argv[1], "show", "--json", name], capture_output=True, check=True).stdout)["groups"]
    medians.append({e["backend"]: e["ns_per_op"]["median"] for e in group["entries"] if e["ns_per_op"]["median"]})
lines = re.findall(r'<tr><th scope="row">(\w+)</th>.*?<td class="n">([\d.]+)</td><td class="n">([\d.]+)</td><td class="n">([\d.]+) M</td></tr>', section)
assert len(lines) == len(medians[0]) > 5, (len(lines), len(medians[0]))
for backend, *figures in lines:
    assert all(abs(float(f) / m[backend] - 1) < 1e-3 for f, m in zip(figures, medians)), (backend, figures)
END
run "$LFBENCH" report day1.csv day2.csv -o two_days.html
check "two files are no history" sh -c '! grep -q "Over time" two_days.html'

# A gate's verdicts: the worst first, with the gate's own sentences; alone, and beside results. What is no such file is refused.
result() { # VERDICT BACKEND RATIO
	printf '{"workload": "pairs", "backend": "%s", "shape": "capacity=7", "metric": "head/base throughput", "value": %s, "low": null, "high": null, "base_value": null, "head_value": null, "verdict": "%s", "message": "</script> it is %s"}' "$2" "$3" "$1" "$1"
}
verdicts() { # RESULT ...
	printf '{"lfbench_export": 1, "producer": "lfbench gate", "host": "<script>", "time_utc": "now", "results": ['
	separator=
	for one; do printf '%s%s' "$separator" "$one"; separator=,; done
	printf ']}'
}
verdicts "$(result PASS fine 1.01)" "$(result REGRESSED slow 1.2)" "$(result FAILED '<img src=x>' null)" "$(result REGRESSED slower 1.5)" >gate.json
for files in gate.json "gate.json $reference"; do
	LFBENCH_REPORT_DIR=$work/bundle run "$LFBENCH" report $files --force -o gate.html
	rc_is 0
	check "$files: the worst comes first, and nothing of it is markup" python3 - <<'END'
import json, re
from look import look
page = look("gate.html")
section = open("gate.html").read().split('id="compare"')[1]
found = re.findall(r'<tr><td class="\w+">(\w+)</td><th scope="row">([^<]*)</th>', section.split("</section>")[0])
assert found == [("FAILED", "&lt;img src=x&gt;"), ("REGRESSED", "slower"), ("REGRESSED", "slow"), ("PASS", "fine")], found
assert "1 FAILED, 2 REGRESSED, 1 PASS" in section
assert [r["ratio"] for r in json.loads(page.scripts[0][1])["verdicts"][0]["results"]] == [None, 1.5, 1.2, 1.01]
END
done
rm gate.html
run "$LFBENCH" report gate.json
rc_is 0
check "it is called as the file is" sh -c "[ -s gate.html ] && [ ! -e gate.json.html ]"
refused() { # TEXT PATTERN
	printf '%s' "$1" >bad.json
	run "$LFBENCH" report bad.json -o x.html
	rc_is 2
	err_has "bad.json.*$2"
	check "no page of it" [ ! -e x.html ]
}
refused '' 'line 1'
refused '{' 'line 1'
refused '[]' 'not what lfbench gate'
refused '{"lfbench_export": 2, "results": []}' 'another version'
refused "$(verdicts)" 'no verdicts in it'
refused "$(verdicts 5)" 'is no object'
refused "$(verdicts '{"verdict": "PASS"}')" 'lacks a text'
refused "$(verdicts "$(result PASS x '"1"')")" 'no positive number'
refused "$(verdicts "$(result PASS x -1)")" 'no positive number'
refused "$(verdicts "$(result measured x 1)")" 'name the .csv file'

run "$LFBENCH" report --where 'workload=pairs' "$reference" -o -
rc_is 0
out_has 'rows that do not meet --where are left out'
out_lacks 'ping_pong: '
run "$LFBENCH" report --where workload=none "$reference" -o x.html
rc_is 2
cp "$reference" mine.csv
run "$LFBENCH" report --force mine.csv -o mine.csv
rc_is 2
err_has 'would replace a file that it is made of'
check "it is still there" cmp mine.csv "$reference"
run "$LFBENCH" report mine.csv
rc_is 0
check "the page is called as the file is" [ -s mine.html ]
run "$LFBENCH" report
rc_is 2
err_has 'no file given'
printf 'gate,stage,cell,workload,backend,shape\n1,screen,1,pairs,mutex_ring,x\n' >gate_raw.csv
run "$LFBENCH" report gate_raw.csv -o x.html
rc_is 2
err_has "gate_raw.csv.*raw rows of 'lfbench gate --out'.*--export json=FILE"
check "attributes are attributes, not texts" sh -c '! grep -q "class=&quot;" "$1"' - page.html
run "$LFBENCH" report missing.csv -o x.html
rc_is 2
err_has 'missing.csv'
[ ! -e /dev/full ] || { run "$LFBENCH" report "$reference" -o /dev/full; rc_is 2; }
finish
