# Queues that claim more progress than they make: lfbench check --progress refutes each by what liars.txt states, and not the truthful one; the suite's own
# stay as they are known to be. Prints the kill matrix.
. "$SOURCE_DIR/tests/lib/check.sh"
export COLUMNS=200

printf '%-22s %-13s %s\n' liar verdict by >matrix
while read -r name report; do
	case $name in '#'* | '') continue ;; esac
	run "$LFBENCH" check "$LIAR_DIR/$name.so" --progress --seed 1 --budget 5s --show-progress never
	verdict=$(grep -oE ' (refuted|crashed|hung|inconclusive)( |$)' "$out" | head -n 1)
	if [ "$name" = truthful ]; then
		rc_is 0
		out_has 'LOCK-FREE not refuted +not refuted'
		check "truthful has nothing that blocks" sh -c '! grep -qE "BLOCKING|LEAKS|inconclusive" "$1"' - "$out"
		printf '%-22s %-13s\n' "$name" 'not refuted' >>matrix
		continue
	fi
	rc_is 4
	out_has "$report"
	printf '%-22s %-13s %s\n' "$name" "$(echo $verdict)" "$(grep -oE -m 1 "$report" "$out" | cut -c 1-140)" >>matrix
done <"$SOURCE_DIR/tests/plugin/liars.txt"
cat matrix
check "each liar has a line" [ "$(find "$LIAR_DIR" -name '*.so' | wc -l)" -eq "$(grep -cv '^#' "$SOURCE_DIR/tests/plugin/liars.txt")" ]
finish
