# lfbench check: verdicts and exit statuses, what a bad backend costs, kept histories, bad arguments and files, Ctrl-C.
. "$SOURCE_DIR/tests/lib/check.sh"
quick="--rounds 1 --seed 3 --show-progress never"

# shellcheck disable=SC2086
run "$LFBENCH" check mutex_ring mutex_cond $quick
rc_is 0
out_has '^mutex_ring .* confirmed'
out_has '^mutex_cond .* confirmed'
out_has 'seed 3'
check "nothing is kept" [ -z "$(ls ./*.hist 2>/dev/null)" ]
# shellcheck disable=SC2086
run "$LFBENCH" check mutex_ring $quick --shape bursts,pair
out_has '^mutex_ring .* confirmed'
# shellcheck disable=SC2086
run "$LFBENCH" check ck_ring_spsc $quick --shape fan
[ "$(cat "$err")" != "" ] || out_has 'inconclusive: none of the shapes'
rm -f ./*.hist

# one backend after the other costs one verdict each
# shellcheck disable=SC2086
run "$LFBENCH" check "$MUTANT_DIR/drops.so" "$BROKEN_DIR/crashing.so" "$BROKEN_DIR/exiting.so" "$BROKEN_DIR/crash_on_load.so" mutex_ring $quick --save .
rc_is 4
out_has '^drops.so .* refuted'
out_has '^crashing.so .* crashed'
out_has '^exiting.so .* crashed'
out_has '^crash_on_load.so .* crashed'
out_has '^mutex_ring .* confirmed'
signal=': SIGSEGV'
[ -z "$SANITIZE" ] || signal= # which ends a crashing process itself
out_has "^crashing.so: crashed$signal"
out_has 'ended the process'
out_has '^  VWit: '
kept=$(ls drops-*.hist)
check "its history is kept" [ -s "$kept" ]
run "$LFBENCH" check --replay "$kept"
rc_is 4
out_has 'refuted: [0-9]+ operations of drops'
out_has '^  VWit: '
run sh -c '"$1" check --replay - <"$2"' - "$LFBENCH" "$kept"
rc_is 4
run "$LFBENCH" check "$BROKEN_DIR/hanging.so" --rounds 20 --seed 3 --shape pair --show-progress never
rc_is 4
out_has '^hanging.so .* hung'
out_has 'did not come back'
# shellcheck disable=SC2086
run "$LFBENCH" check "$BROKEN_DIR/hostile_name.so" $quick --shape pair
rc_is 0
check "no escape sequence reaches the terminal" sh -c '! cat "$1" "$2" | grep -q "$(printf "\033")"' - "$out" "$err"

# what cannot be used
for name in wrong_abi no_symbol not_elf; do
	# shellcheck disable=SC2086
	run "$LFBENCH" check "$BROKEN_DIR/$name.so" $quick
	rc_is 2
	err_has "$name.so: "
done
run "$LFBENCH" check
rc_is 2
err_has 'name a backend'
run "$LFBENCH" check mutex_rin
rc_is 2
err_has "mutex_ring"
run "$LFBENCH" check null
rc_is 2
err_has 'no queues'
for arguments in '--budget 0s' '--budget 5' '--budget 48h' '--rounds 0' '--rounds x' '--seed -1' '--shape' '--shape star' '--color maybe' '--replay x mutex_ring'; do
	# shellcheck disable=SC2086
	run "$LFBENCH" check mutex_ring $arguments
	rc_is 2
	err_has '^lfbench check: '
done
run "$LFBENCH" check --replay nowhere.hist
rc_is 2
err_has 'nowhere.hist: No such file'
run "$LFBENCH" check --replay .
rc_is 2
printf 'lfbench-history 1\nthread 0\npush 0:1 5 4 ok\nend\n' >bad.hist
run "$LFBENCH" check --replay bad.hist
rc_is 2
err_has 'bad.hist: line 3: '
printf 'lfbench-history 1\nthread 0\npush 0:1 1 2 ok\nend\n' >good.hist
run "$LFBENCH" check --replay good.hist
rc_is 0
out_has 'confirmed: 1 operations'
# shellcheck disable=SC2086
run "$LFBENCH" check "$MUTANT_DIR/drops.so" $quick --save ./nowhere
rc_is 4
err_has 'nowhere'
out_has 'refuted'
if [ -e /dev/full ]; then
	# shellcheck disable=SC2086
	run sh -c '"$@" >/dev/full' - "$LFBENCH" check mutex_ring $quick --shape pair
	rc_is 2
fi

# Ctrl-C prints what is known
"$LFBENCH" check mutex_ring mutex_cond --budget 60s --show-progress never >"$out" 2>"$err" </dev/null &
pid=$!
sleep 1
kill -INT $pid
wait $pid
rc=$?
last="SIGINT"
rc_is 130
out_has '^mutex_ring .* inconclusive'
out_has 'interrupted'
finish
