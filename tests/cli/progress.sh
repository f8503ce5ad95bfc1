# lfbench check --progress: queues whose progress is known, the instruction that blocks, stopping by a signal, bad arguments, Ctrl-C.
[ -z "$SANITIZE" ] || { echo "it is the sanitizer's own code that would be stepped through"; exit 77; }
. "$SOURCE_DIR/tests/lib/check.sh"
export COLUMNS=200
all=${1:-} # what takes longer, too (ctest -L long)
LFBENCH_VERDICTS=$work/verdicts.tsv
export LFBENCH_VERDICTS
probe() { run "$LFBENCH" check "$@" --progress --seed 3 --budget 3s --show-progress never; }
has() { "$LFBENCH" list --names | grep -qx "$1"; }

probe mutex_ring
rc_is 0
out_has '^mutex_ring +push +blocking +BLOCKING +confirmed'
out_has '^ +pop +blocking +BLOCKING +confirmed'
out_has 'no other push returns for [0-9]+ ms, and that ends when it goes on, 3 times of 3'
out_has 'pthread_mutex_lock, called from lfb_try_push_poll\+0x'
check "nothing else is checked" sh -c '! grep -q histories "$1"' - "$out"
check "and nothing of its answers is kept" sh -c '! grep -q answers "$1"' - "$LFBENCH_VERDICTS"
today=$(date -u +%Y-%m-%d)
run "$LFBENCH" list mutex_ring
out_has "^mutex_ring .* declared +confirmed .* $today, [0-9]+ stops"

# with the histories: a word for each, and what refutes it
run "$LFBENCH" check "$LIAR_DIR/hidden_spinlock.so" mutex_ring --histories --progress --rounds 1 --seed 3 --budget 3s --show-progress never
rc_is 4
out_has '^hidden_spinlock.so .* confirmed .* refuted +[0-9]+'
out_has '^mutex_ring .* confirmed .* confirmed +[0-9]+'
out_has 'BLOCKING: with a push stopped .* no other p[a-z]+ returns'
check "what holds is not told" sh -c '! grep -q "^mutex_ring: " "$1"' - "$out"
run "$LFBENCH" list "$LIAR_DIR/hidden_spinlock.so" mutex_ring
out_has "^hidden_spinlock .* confirmed +refuted "
out_has "^hidden_spinlock: progress refuted, $today: push: BLOCKING at "
out_has "^mutex_ring .* confirmed +confirmed "
run "$BENCH_DIR/pairs" --backend mutex_ring --items 2000 --trials 1 --csv rows.csv
# it has the loop of histories only, so a row of it is made of another one
id=$(awk -F'\t' '$3 == "hidden_spinlock" { print $1; exit }' "$LFBENCH_VERDICTS")
awk -v id="$id" 'BEGIN { FS = OFS = "," } NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i } NR > 1 { $at["backend"] = "hidden_spinlock"; $at["backend_build_id"] = id } { print }' rows.csv >liar.csv
run "$LFBENCH" show rows.csv liar.csv
rc_is 0
out_has '^Claims of progress'
out_has '^  hidden_spinlock: claims refuted, .*: push: BLOCKING at '
out_has '^  confirmed by lfbench check: mutex_ring \([0-9]+ stops\)$'
run "$LFBENCH" show --markdown rows.csv
out_has '^\| mutex_ring \| confirmed, .* operations \| confirmed, .* stops \|$'
run "$LFBENCH" show --json rows.csv
check "the verdicts, for programs" sh -c 'tr -d "\n" <"$1" | grep -Eq "\"claim\": *\"push\", *\"verdict\": *\"confirmed\", [^}]*\"stops\": *[1-9]"' - "$out"
run "$LFBENCH" report liar.csv -o page.html
rc_is 0
check "the page has it, too" grep -q "<td class=\"bad\">refuted<br>$today: push: BLOCKING at " page.html
run "$LFBENCH" check mutex_ring --rounds 1 --seed 3 --shape pair --show-progress never
rc_is 0
check "not probed" sh -c '! grep -q progress "$1"' - "$out"

# Between the exchange and the store of the link nothing behind it can be reached: exactly there pops say EMPTY, and pushes go on.
if [ -n "$all" ] && has urcu_wfcq; then
	run "$LFBENCH" check "$BUILD_DIR/backends/urcu_wfcq.so" --progress --seed 3 --all-points --budget 3s --show-progress never
	rc_is 0
	out_has '^urcu_wfcq.so +push +wait_free +WAIT-FREE not refuted +not refuted'
	out_has '^ +pop +blocking +BLOCKING +confirmed'
	out_has 'with a push stopped .* every pop says EMPTY, with [0-9]+ items inside'
	blocking=$(sed -n 's/^ *\([0-9]*\) of the [0-9]* instructions tried block it$/\1/p' "$out")
	tried=$(sed -n 's/^ *[0-9]* of the \([0-9]*\) instructions tried block it$/\1/p' "$out")
	check "few of its places block pop, some in each starting state (${blocking:-?} of ${tried:-?})" [ "${blocking:-0}" -ge 2 ] && [ "${blocking:-99}" -le 12 ]
fi
if [ -n "$all" ] && has ck_ring_spsc; then
	probe ck_ring_spsc
	rc_is 0
	out_has '^ck_ring_spsc +push +wait_free +WAIT-FREE not refuted +not refuted +[0-9]+ +100 %'
fi

# where there is no trap flag
if [ -n "$all" ]; then
	run "$LFBENCH" check mutex_ring --progress --stop-by signal --seed 3 --budget 6s --show-progress never
	rc_is 0
	out_has 'threads were stopped by a signal at random moments'
	out_has 'BLOCKING +confirmed'
fi

# one verdict each
probe "$BROKEN_DIR/crashing.so" mutex_ring
rc_is 4
out_has '^crashing.so .* crashed'
out_has 'SIGSEGV'
out_has '^mutex_ring .* confirmed'
for arguments in '--bound 0' '--bound x' '--stop-by pushing' '--stop-by' '--show-progress maybe' '--rounds 2' '--shape pair'; do
	# shellcheck disable=SC2086
	run "$LFBENCH" check mutex_ring --progress $arguments
	rc_is 2
	err_has '^lfbench check: '
done
for arguments in '--histories --all-points' '--rounds 1 --bound 77' '--schedules 2 --stop-by signal'; do
	# shellcheck disable=SC2086
	run "$LFBENCH" check mutex_ring $arguments
	rc_is 2
	err_has 'are of the probe, which is not made'
done

"$LFBENCH" check mutex_ring --progress --all-points --show-progress never >"$out" 2>"$err" </dev/null &
pid=$!
sleep 1
kill -INT $pid
wait $pid
rc=$?
last="SIGINT"
rc_is 130
out_has 'interrupted'
finish
