# `lfbench show`: choosing columns, order and rows; Markdown and JSON; and what a hostile file can do to each: nothing.
. "$SOURCE_DIR/tests/lib/check.sh"
reference=$SOURCE_DIR/results/reference.csv
export COLUMNS=160

run "$LFBENCH" show --columns p99,ns_per_op "$reference"
rc_is 0
out_has '^  backend +p99 +ns/op$'
out_lacks '^  backend .*semantics'
run "$LFBENCH" show --where 'backend=ck_ring_mpmc|mutex_ring,producers>=2,workload=pairs' "$reference"
rc_is 0
check "one table" [ "$(grep -c '^  backend .*semantics' "$out")" -eq 1 ]
out_has '^. mutex_ring '
out_has '^. ck_ring_mpmc '
out_lacks 'vyukov|producer_consumer'

# The same figures as without, in another order.
run "$LFBENCH" show --where workload=pairs "$reference"
grep -E '^[=! ]+[a-z_]+ +(mp|sp|ref)' "$out" | sed 's/^[=! ]*//' | sort >by_rank
run "$LFBENCH" show --where workload=pairs --sort -p99 "$reference"
rc_is 0
out_has 'sorted by a column'
out_lacks '^= '
grep -E '^[=! ]+[a-z_]+ +(mp|sp|ref)' "$out" | sed 's/^[=! ]*//' >by_p99
sort by_p99 >sorted
check "sorting changes no line" cmp by_rank sorted
check "the largest p99 is the first queue" sh -c '[ "$(grep -v reference by_p99 | head -n 1 | cut -d " " -f 1)" = ck_fifo_mpmc ]'

for bad in "--columns semantics,nothing" "--sort interval" "--sort nothing" "--where nothing=1" "--where producers" "--where producers>=x" "--color blue"; do
	run "$LFBENCH" show $bad "$reference"
	rc_is 2
	check "$bad: names what is accepted" grep -Eq 'known: .*ns_per_op|known: auto|known are all|one of = !=|takes a number' "$err"
done
run "$LFBENCH" show --where bakend=x "$reference"
err_has "did you mean 'backend'"
run "$LFBENCH" show --where backend=none "$reference"
rc_is 2
err_has 'no row meets --where'
run "$LFBENCH" show --json --markdown "$reference"
rc_is 2
run "$LFBENCH" show --json --sort p99 "$reference"
rc_is 2
run "$LFBENCH" show --columns
rc_is 2

# JSON and tables are of one summary.
run "$LFBENCH" show --json --where workload=pairs "$reference"
rc_is 0
cp "$out" pairs.json
run "$LFBENCH" show --where workload=pairs --columns ns_per_op,interval,launches "$reference"
check "JSON has the tables' figures" python3 - pairs.json "$out" <<'END'
import json, re, sys
def text(v): return "%.*f" % (2 if v < 9.995 else 1 if v < 99.95 else 0, v)
entries = {e["label"]: e for g in json.load(open(sys.argv[1]))["groups"] for e in g["entries"]}
seen = 0
for line in open(sys.argv[2]):
    m = re.match(r"[=! ]+(\w+) +([\d.]+) +([\d.]+)–([\d.]+) +6$", line)
    if m:
        e = entries[m[1]]["ns_per_op"]
        assert [text(e["median"]), text(e["low"]), text(e["high"])] == [m[2], m[3], m[4]], line
        seen += 1
sys.exit(seen < 10)
END

run "$LFBENCH" show --markdown --where workload=pairs "$reference"
rc_is 0
out_has '^### pairs: 2 threads'
out_has '^\| = \| mutex_ring \| mpmc-fifo \| 1023 \| 51\.7 \| 30\.7.62\.2 \|'
out_has '^\| +\| ck_ring_spsc \| unsupported: 2 producers'
check "every line of a table has as many cells" awk -F'|' '/^\| \| backend/ { n = NF } /^$/ { n = 0 } n && /^\|/ && NF != n { exit 1 }' "$out"

# A file that means harm.
head -n 1 "$reference" >hostile.csv
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; n = NF; next }
	/"/ || $at["workload"] != "pairs" || $at["pass"] == "contention" { next }
	{ FS = ","; bad = "\"\033]0;owned\007\033[31m</script><script>alert(1)</script><!-- | `x` [a](javascript:1) =cmd|calc @all\302\2332J\342\200\256 \"\"\""
	  $at["host"] = $at["backend"] = $at["wait"] = $at["params"] = $at["backend_library"] = bad
	  line = $1; for (i = 2; i <= n; i++) line = line "," $i; print line
	  $at["status"] = $at["reason"] = bad
	  line = $1; for (i = 2; i <= n; i++) line = line "," $i; print line }' "$reference" | head -n 40 >>hostile.csv
for form in "" --markdown --json "--color always"; do
	run "$LFBENCH" show $form hostile.csv
	rc_is 0
	check "$form: no control character that is not ours" sh -c '! sed "s/\x1b\[[0-9]*m//g" "$1" | tr -d "\n" | LC_ALL=C grep -q "[[:cntrl:]]"' - "$out"
	check "$form: no C1 control or direction mark" sh -c '! LC_ALL=C grep -q "$(printf "\302\233\|\342\200\256")" "$1"' - "$out"
	[ "$form" = "--color always" ] || out_lacks "$(printf '\033')"
	out_has 'owned'
done
run "$LFBENCH" show --markdown hostile.csv
out_lacks '<script|[^\\]\[a\]|[^\\]`x`|@all'
run "$LFBENCH" show --json hostile.csv
check "it is JSON, and ASCII" python3 -c 'import json, sys; t = open(sys.argv[1], "rb").read(); t.decode("ascii"); json.loads(t)' "$out"
finish
