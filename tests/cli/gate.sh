# `lfbench gate`: what it says and how it exits, for each way in which a comparison can come out, and for every wrong argument. The builds with a
# difference differ by ten microseconds per push, so that no machine is too noisy.
[ -z "$SANITIZE" ] || { echo "half a minute of processes; unit.gate_launch and its kin look at the same code"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
plain=$GATE_DIR/plain/mutex_ring.so slow=$GATE_DIR/slow/mutex_ring.so
[ -e "$slow" ] || { echo "the objects to compare were not built"; exit 77; }
# Effects so large take the fewest replicates there can be, and the budget is only for a machine that is busy.
quick="--budget 100s --min-effect 200% --fail-effect 300% --seed 1 --progress never --color never --wait yield"

# shellcheck disable=SC2086 # options
gate() { run "$LFBENCH" gate $quick "$@"; }

# Folders: what both have; unlike names are left out.
mkdir old new
cp "$plain" old/mutex_ring.so
cp "$plain" old/gone.so
cp "$slow" new/mutex_ring.so
gate --base old --head new -o raw.csv --export junit=gate.xml --export markdown=gate.md
rc_is 1
err_has 'left out: gone \(only in --base\)'
out_has '^REGRESSED: head is slower in 1 of 1 cells'
out_has '^REGRESSED +mutex_ring +producer_consumer 1x1'
out_has 'Control: mutex_ring \(base\) against itself: ratio'
out_has 'Control: vyukov_mpmc \(reference\)'
out_has 'Where the code lands was not sampled'
check "its launches are there" [ "$(column raw.csv stage | sort | uniq -c | wc -l)" -eq 4 ]
check "of both orders of loading" [ "$(column raw.csv loaded_first | sort -u | tr '\n' ' ')" = "base head " ]
check "JUnit says failure" grep -q '<failure' gate.xml
check "markdown has the verdict" grep -q '| REGRESSED | mutex_ring |' gate.md
rm old/mutex_ring.so
gate --base old --head new
rc_is 2
err_has 'nothing to compare'

# One file against itself says so. A second is too little for a verdict: never a PASS by lack of data.
run "$LFBENCH" gate --base "$plain" --head "$plain" --budget 1s --progress never --strict
rc_is 3
err_has 'base and head are the same bytes'
out_has '^INCONCLUSIVE'

# Cells of one shape are told apart by what was measured.
COLUMNS=80 run "$LFBENCH" gate --base "$plain" --head "$plain" --metric throughput,p50 --budget 1s --progress never
rc_is 0
out_has '^verdict .* metric'
out_has '^[A-Z]+ .* p50( |$)'

# With four layouts no change could be shown, and it says so.
for side in few_base few_head; do
	for folder in $side $side/layouts/1 $side/layouts/2 $side/layouts/3; do
		mkdir -p "$folder"
		cp "$plain" "$folder/mutex_ring.so"
	done
done
run "$LFBENCH" gate --base few_base --head few_head --budget 1s --progress never
rc_is 0
err_has '4 layouts of mutex_ring are too few to show any change over 1 cells; build at least 7'

# Another backend is no head of this one.
gate --base "$plain" --head "$BROKEN_DIR/lossy.so"
rc_is 2
err_has 'give two builds of one backend'

# A build that loses values or crashes is never fast.
for kind in lossy crashing; do
	cp "$BROKEN_DIR/$kind.so" head.so
	gate --base "$BROKEN_DIR/$kind.so" --head head.so
	rc_is 4
	out_has '^INVALID: 1 of 1 cells'
done

# What is no backend.
gate --base "$GATE_DIR/base/needs_library.so" --head "$GATE_DIR/head/needs_library.so"
rc_is 2
err_has 'needs_library.so: .*symbol'

run "$LFBENCH" gate --program-base 'sleep 0.01' --program-head 'sleep 0.03' --budget 3s --progress never
rc_is 1
out_has 'Programs were compared, not queues'
run "$LFBENCH" gate --program-base true --program-head false --budget 2s --progress never
rc_is 4
out_has "'false' failed with exit status 1"

gate --base "$plain" --head "$slow" --collect 2 -o bank.csv
rc_is 0
check "two replicates of two launches" [ "$(column bank.csv stage | grep -c screen)" -eq 4 ]

# Interrupted: what is known so far, and 130.
"$LFBENCH" gate --base "$plain" --head "$plain" --budget 60s --progress never --wait yield >interrupted 2>&1 &
pid=$!
sleep 2
kill -INT $pid
wait $pid
rc=$? last="gate interrupted"
check "exit status is 130" [ $rc -eq 130 ]
check "it says so" grep -q '^Interrupted' interrupted

for wrong in '' "--base $plain" '--base /nonexistent.so --head /nonexistent.so' "--base $plain --head $work" "--base $plain --head $plain --min-effect 1" \
	"--base $plain --head $plain --min-effect 6%" "--base $plain --head $plain --alpha 0" "--base $plain --head $plain --alpha nan" \
	"--base $plain --head $plain --budget 0s" "--base $plain --head $plain --metric speed" \
	"--base $plain --head $plain --workload logger" "--base $plain --head $plain --producers 0" "--base $plain --head $plain --export xml" \
	"--base $plain --head $plain --export junit=" "--base $plain --head $plain --collect 5" "--base $plain --head $plain --bogus" \
	"--self-check --base $plain --head $plain" "--program-base true" "--base $plain --head $plain word" "--base /dev/null --head /dev/null" \
	"--base $plain --head $plain --out /nonexistent/x.csv" "--base $plain --head $plain --seed -1" "--base old --head new --backend nosuch"; do
	# shellcheck disable=SC2086
	run "$LFBENCH" gate $wrong
	rc_is 2
	err_has '^lfbench.*gate'
	check "nothing on standard output" [ ! -s "$out" ]
done
finish
