# harness_overhead.sh - build/bench/harness_overhead in its quick form: it measures every comparison,
# and notices a loop that loses or changes an item, or crashes. Uses $BENCH_DIR and $SOURCE_DIR.
. "$SOURCE_DIR/tests/lib/check.sh"
program=$BENCH_DIR/harness_overhead

run "$program" --quick --seed 7 --csv "$work/blocks.csv"
if [ "$rc" -eq 77 ]; then
	cat "$err"
	exit 77
fi
rc_is 0
out_has 'seed 7; --quick: these figures prove nothing'
out_has '^mutex_ring +by hand, with the hash +[0-9.]+ +[0-9.]+\.\.[0-9.]+ .* 6 +0\.98\.\.1\.02 '
out_has '^null +the hash alone +[0-9.]+ .* <= 1\.30 '
err_has '^null against the hash alone: 6 replicates of 2 launches'
# 6 replicates of 2 launches of 3 blocks, for each comparison that was built
rows=$(grep -c 'ns/item\|not built\|^backend\|^Cost' "$out")
lines=$(($(wc -l <"$out") - rows))
check "one line per block of $lines comparisons" [ "$(wc -l <"$work/blocks.csv")" -eq $((1 + lines * 36)) ]
check "both orders of slices" [ "$(column "$work/blocks.csv" pattern | sort -u | tr '\n' ' ')" = "ABBA BAAB " ]
check "both orders of loading" [ "$(column "$work/blocks.csv" loaded_first | sort -u | tr '\n' ' ')" = "hand suite " ]
check "all layouts of the suite's side" [ "$(column "$work/blocks.csv" suite_layout | sort -u | tr '\n' ' ')" = "0 1 2 3 " ]
check "all layouts of the other" [ "$(column "$work/blocks.csv" hand_layout | sort -u | tr '\n' ' ')" = "0 1 2 3 " ]

for wrong in '--only nul' '--replicates 5' '--replicates 1e9' '--replicates' '--seed -1' '--quick --replicates 9' \
	'--bogus' 'word' '--csv /nonexistent/blocks.csv'; do
	# shellcheck disable=SC2086
	run "$program" $wrong
	rc_is 2
	err_has '^lfbench: .*\.$'
done
run "$program" --only nul
err_has "did you mean 'null'"
run "$program" --help
rc_is 0
out_has '^Examples:'

# With one side broken: the objects are found beside the program.
mkdir "$work/bench"
cp -r "$program" "$(dirname "$program")/overhead" "$work/bench/"
broken() { # FLAG PATTERN
	for layout in 0 1 2 3; do
		"${CC:-cc}" -shared -fPIC -I"$SOURCE_DIR/bench/overhead" "-D$1" \
			-o "$work/bench/overhead/hand_hash_hash.$layout.so" "$SOURCE_DIR/tests/codegen/broken_hand.c" || exit 1
	done
	run "$work/bench/harness_overhead" --quick --only null
	rc_is 4
	err_has "$2"
	check "$1: no figures" [ ! -s "$out" ]
}
broken LOSE 'items pushed, [0-9]+ popped'
broken INVENT 'the sum of hashes is'
broken CRASH 'a launch crashed: Aborted'
rm "$work"/bench/overhead/hand_hash_hash.2.so
run "$work/bench/harness_overhead" --quick --only null
rc_is 0
out_has '^null .* not built'
finish
