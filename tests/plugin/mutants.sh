# Queues that are wrong on purpose: lfbench check refutes each within the seeds that mutants.txt states, by a pattern that fits, and keeps a history
# that refutes it again; a right queue and the suite's own stay confirmed over as many seeds. Prints the kill matrix.
. "$SOURCE_DIR/tests/lib/check.sh"

# The racing ones fall when a thread happens to be stopped between two instructions: how soon is up to the machine, and so they are judged
# on purpose only (ctest -L long: the first argument is `all`), not in a test command that others wait for. A sanitizer sees nothing in a foreign object.
racing=${1:-} quick=${SANITIZE:+yes}

printf '%-18s %5s  %-14s  %-12s %s\n' mutant seeds shapes verdict 'by (shape, seed)' >matrix
while read -r name seeds shapes patterns; do
	case $name in '#'* | '') continue ;; esac
	[ "$shapes" != schedules ] || continue # schedules.sh
	[ -n "$racing" ] || [ "$seeds" -le 5 ] || [ "$name" = right ] || continue
	[ -n "$racing" ] || [ "$name" != right ] || seeds=8
	option=
	[ "$shapes" = all ] || option="--shape $shapes"
	# shellcheck disable=SC2086
	run "$LFBENCH" check "$MUTANT_DIR/$name.so" --rounds "$seeds" --seed 1 $option --show-progress never --save .
	verdict=$(awk 'NR == 2' "$out" | grep -oE 'confirmed|refuted|inconclusive|crashed|hung')
	by=$(sed -n 's/^  \(V[A-Za-z]*\): .*/\1/p' "$out" | head -n 1)
	file=$(sed -n 's/.*--replay \(.*\)$/\1/p' "$out" | head -n 1)
	at=$(echo "$file" | sed -n 's/.*-\([a-z_]*\)-\([0-9]*\)\.hist$/(\1, \2)/p')
	printf '%-18s %5s  %-14s  %-12s %s\n' "$name" "$seeds" "$shapes" "$verdict" "$by $at" >>matrix
	case $name in right*)
		rc_is 0
		check "$name stays confirmed" [ "$verdict" = confirmed ]
		continue ;;
	esac
	rc_is 4
	check "$name is killed within $seeds seeds, by $patterns (got: ${by:-$verdict})" sh -c 'printf "%s\n" "$1" | grep -Eqx -- "$2"' - "${by:-$verdict}" "$patterns"
	if [ -n "$by" ]; then
		run "$LFBENCH" check --replay "$file"
		rc_is 4
		out_has "^  $by: "
	fi
done <"$SOURCE_DIR/tests/plugin/mutants.txt"
cat matrix
check "each mutant has a line" [ "$(find "$MUTANT_DIR" -name '*.so' ! -name '*.sched.so' | wc -l)" -eq "$(grep -cv '^#' "$SOURCE_DIR/tests/plugin/mutants.txt")" ]

# queues that are right: more than one kind, over the same seeds
backends=mutex_ring rounds=1
[ -n "$quick" ] || { backends="mutex_ring vyukov_mpmc ck_ring_spsc moodycamel urcu_lfq two_lock" rounds=3; }
for name in $backends; do
	"$LFBENCH" list --names | grep -qx "$name" || continue
	run "$LFBENCH" check "$name" --rounds "$rounds" --seed 1 --show-progress never
	rc_is 0
	check "$name stays confirmed" [ "$(grep -c ' confirmed ' "$out")" -ge 1 ]
done
finish
