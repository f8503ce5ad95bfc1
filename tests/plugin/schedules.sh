# Queues that are wrong on purpose and fall only when threads are interleaved in a certain way: lfbench check --schedules refutes each within the
# schedules that schedules.txt states, whatever the machine is doing, and a seed gives the same history again. Right queues stay confirmed over as
# many. Prints the kill matrix.
. "$SOURCE_DIR/tests/lib/check.sh"
[ "$SANITIZE" != thread ] || { echo "the thread sanitizer starts no threads in a forked process, and its calls are what a schedule needs"; exit 77; }

# Kill one mutant: $1 name, $2 schedules, $3 pattern, the rest options.
kill_one() {
	name=$1 most=$2 pattern=$3
	shift 3
	run "$LFBENCH" check "$MUTANT_DIR/$name.so" --schedules "$most" --seed 1 --show-progress never --save . "$@"
	rc_is 4
	by=$(sed -n 's/^  \(V[A-Za-z]*\): .*/\1/p' "$out" | head -n 1)
	verdict=$(awk 'NR == 2' "$out" | grep -oE 'confirmed|refuted|inconclusive|crashed|hung')
	[ "$verdict" = refuted ] || by=$verdict
	seed=$(sed -n 's/.*The same schedule again: .* --seed \([0-9]*\).*/\1/p' "$out" | head -n 1)
	printf '%-18s %9s  %-14s  %-13s %9s  %s\n' "$name" "$most" "$(awk 'NR == 2 { print $NF }' "$out")" "$verdict" "${seed:--}" "${by#"$verdict"}" >>matrix
	check "$name is killed within $most schedules ($*), by $pattern (got: $by)" sh -c 'printf "%s\n" "$1" | grep -Eqx -- "$2"' - "$by" "$pattern"
}

# The last one again: the same schedule, history and all.
again() {
	[ -n "$seed" ] || return
	kept=$(ls ./*-schedules-"$seed".hist 2>/dev/null) || kept=
	[ -z "$kept" ] || mv "$kept" first.hist
	grep -E '^  (V|thread)|: (hung|crashed|refuted)' "$out" >first
	run "$LFBENCH" check "$MUTANT_DIR/$name.so" --schedules 1 --seed "$seed" --show-progress never --save . "$@"
	rc_is 4
	grep -E '^  (V|thread)|: (hung|crashed|refuted)' "$out" >second
	check "$name: schedule $seed tells the same again" cmp first second
	[ -z "$kept" ] || check "$name: schedule $seed has the same history again" cmp first.hist "$kept"
	rm -f ./*.hist
}

# By instruction as well, unless there is no way to stop a thread so; any other failure is one.
steps=yes
run "$LFBENCH" check "$MUTANT_DIR/right.so" --schedules 1 --seed 1 --single-step --show-progress never
if grep -q 'that needs an x86-64 processor, and no debugger' "$out"; then
	steps=no
	cat "$out"
else
	rc_is 0
	out_has ' confirmed .*an instruction'
fi

printf '%-18s %9s  %-14s  %-13s %9s  %s\n' mutant schedules 'a step is' verdict 'at seed' by >matrix
while read -r name accesses instructions pattern; do
	case $name in '#'* | '') continue ;; esac
	# a sanitizer sees nothing in a foreign object, and takes its time
	[ -z "$SANITIZE" ] || [ "$accesses" -le 200 ] || continue
	[ -z "$SANITIZE" ] || instructions=-
	kill_one "$name" "$accesses" "$pattern"
	again
	if [ "$instructions" != - ] && [ "$steps" = yes ]; then
		kill_one "$name" "$instructions" "$pattern" --single-step
		again --single-step
	fi
done <"$SOURCE_DIR/tests/plugin/schedules.txt"
cat matrix

# what is right stays so; under a sanitizer only the tool differs
many=250 few=8
[ -z "$SANITIZE" ] || many=40 few=2
for name in "$MUTANT_DIR/right.so" mutex_ring mutex_cond two_lock vyukov_mpmc; do
	run "$LFBENCH" check "$name" --schedules "$many" --seed 1 --show-progress never
	rc_is 0
	out_has ' confirmed +[0-9.]+ .*an access'
	out_has 'sequentially consistent'
done
if [ "$steps" = yes ]; then
	for name in "$MUTANT_DIR/right_timed.so" ck_ring_mpmc ck_ring_spsc spin_ring moodycamel urcu_wfcq vyukov_mpmc; do
		[ -e "$name" ] || "$LFBENCH" list --names | grep -qx "$name" || continue
		run "$LFBENCH" check "$name" --schedules "$few" --seed 1 --single-step --show-progress never
		rc_is 0
		out_has ' confirmed +[0-9.]+ .*an instruction'
	done
fi

# options that do not go together, and numbers that are none
for arguments in '--schedules 0' '--schedules x' '--schedules 1 --depth 0' '--schedules 1 --depth 17' '--depth 3' '--single-step' '--schedules 1 --rounds 1' \
	'--schedules 1 --shape pair' '--schedules 1 --progress'; do
	# shellcheck disable=SC2086
	run "$LFBENCH" check mutex_ring $arguments
	rc_is 2
	err_has '^lfbench check: '
done

# what a bad backend costs: one verdict, and it is told by which schedule
run "$LFBENCH" check "$MUTANT_DIR/asserts.so" mutex_ring --schedules 200 --seed 1 --show-progress never --save .
rc_is 4
out_has '^asserts.so .* crashed'
out_has '^asserts.so: crashed: SIGABRT'
out_has 'thread [0-9] is stopped at 0x[0-9a-f]+, thread [0-9] goes on'
out_has 'The same schedule again: .*asserts.so --schedules 1 --seed [0-9]+ --depth 3'
out_has '^mutex_ring .* confirmed'
finish
